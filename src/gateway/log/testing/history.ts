/**
 * Random histories of a log: the same steps are done to the driver under test and to the memory driver, which is
 * the model, and after each step everything that can be seen must be the same.
 */
import fc from 'fast-check';
import type { AppendRequest, EventLog, LedgerView, LogRecord, SettleDelta, SideRow } from '#gateway/log/event-log.ts';
import type { PeopleMatch } from '#gateway/log/person-match.ts';
import { tallyOf } from '#gateway/log/tally.ts';
import { createPersonKeys } from '#gateway/pipeline/person-key.ts';
import { type DivertStep, divertSteps } from './divert-history.ts';
import { batchRequest, plain, readAll, singleRequest } from './requests.ts';
import { type SideStep, sideSteps, sideViewOf } from './side-history.ts';

export const destinations = ['a', 'b', 'c'] as const;
const sources = ['web', 'app'] as const;

export type Step =
  | {
      readonly do: 'append';
      readonly source: number;
      readonly ids: readonly number[];
      readonly routes: readonly number[];
      readonly filler: number;
    }
  | {
      readonly do: 'settle';
      readonly lane: number;
      readonly advance: number;
      readonly fates: readonly number[];
      readonly takeRows: number;
      readonly takeHeld: number;
    }
  | { readonly do: 'unbalanced'; readonly lane: number }
  | { readonly do: 'open'; readonly lane: number }
  | { readonly do: 'retire'; readonly lane: number }
  | { readonly do: 'tick'; readonly ms: number }
  | { readonly do: 'truncate' }
  | { readonly do: 'erase'; readonly user: number }
  /** Backs the log up while it goes on, and goes on in the copy. */
  | { readonly do: 'restore'; readonly ids: readonly number[] }
  | SideStep
  | DivertStep
  | {
      readonly do: 'crash';
      readonly during: 'nothing' | 'append' | 'settle' | 'erase' | 'side' | 'divert';
      readonly side: SideStep;
      readonly divert: DivertStep;
      readonly turns: number;
      readonly ids: readonly number[];
      readonly lane: number;
    };

const small = (max: number) => fc.nat({ max });
const ids = fc.array(small(60), { minLength: 1, maxLength: 6 });

export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant('append' as const),
        source: small(1),
        ids,
        routes: fc.array(small(7), { minLength: 6, maxLength: 6 }),
        filler: fc.constantFrom(0, 50, 20_000, 60_000),
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant('settle' as const),
        lane: small(2),
        advance: small(8),
        fates: fc.array(small(5), { minLength: 16, maxLength: 16 }),
        takeRows: small(4),
        takeHeld: small(4),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('unbalanced' as const), lane: small(2) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('open' as const), lane: small(2) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('restore' as const), ids }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('retire' as const), lane: small(2) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('tick' as const), ms: small(20).map((units) => units * 100_000) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('truncate' as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('erase' as const), user: small(2) }) },
    { weight: 5, arbitrary: sideSteps },
    { weight: 5, arbitrary: divertSteps },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('crash' as const),
        during: fc.constantFrom('nothing', 'append', 'settle', 'erase', 'side', 'divert'),
        side: sideSteps,
        divert: divertSteps,
        turns: small(6),
        ids,
        lane: small(2),
      }),
    },
  ),
  { minLength: 10, maxLength: 60 },
);

const key = new Uint8Array(32).fill(1);
const userOf = (messageId: string) => `u${Number(messageId.slice(1)) % 3}`;

/** One of the three users whose events a history is made of. */
export function personOf(user: number, untilMs = Number.MAX_SAFE_INTEGER): PeopleMatch {
  return { key, people: [{ person: createPersonKeys(key).keyOf(`u${user}`), untilMs }] };
}

/** Seqs of what is stored of a user. */
export async function seqsOf(log: EventLog, user: number): Promise<readonly number[]> {
  const seqs: number[] = [];
  for (let after = 0; ; ) {
    const page = await log.personalEvents(personOf(user), after);
    seqs.push(...page.events.map(({ seq }) => seq));
    after = page.through;
    if (page.isOver) return seqs;
  }
}

/** The set of destinations that a number stands for: its bits. */
export function routeOf(log: EventLog, ordinals: ReadonlyMap<string, number>, bits: number): number {
  return log.route(destinations.flatMap((name, i) => ((bits >> i) & 1 ? (ordinals.get(name) ?? []) : [])));
}

export function requestOf(
  log: EventLog,
  ordinals: ReadonlyMap<string, number>,
  step: { readonly source?: number; readonly ids: readonly number[]; readonly routes?: readonly number[]; readonly filler?: number },
): AppendRequest {
  const source = sources[step.source ?? 0] ?? 'web';
  const routes = step.ids.map((_, i) => routeOf(log, ordinals, step.routes?.[i] ?? 7));
  const names = step.ids.map((id) => `m${id}`);
  const parts = { source, route: routes[0] ?? 0, filler: step.filler ?? 0, userOf };
  return names.length === 1 ? singleRequest(log, names[0] ?? '', parts) : batchRequest(log, names, parts, routes);
}

interface Member {
  readonly seq: number;
  readonly gen: number;
}

/** Draws a balanced settle from a lane's state: each obligation it passes or takes up gets one of six fates. */
export async function settleOf(
  log: EventLog,
  destination: string,
  epoch: number,
  cursor: number,
  step: Step & { readonly do: 'settle' },
): Promise<SettleDelta> {
  const waiting = await readAll(log, destination, cursor);
  const passed: readonly LogRecord[] = waiting.slice(0, step.advance);
  const isAll = passed.length === waiting.length;
  const to = isAll ? log.head() : ((passed.at(-1)?.seq ?? cursor) as number);
  const rows = (await log.dueRetries(destination, Number.MAX_SAFE_INTEGER, step.takeRows)).concat(
    (await log.deadLetters(destination, 0, 1)).rows.map(({ row }) => row),
  );
  const held = await log.heldSeqs(destination, 0, step.takeHeld);
  const put: SideRow[] = [];
  const remove: Member[] = [];
  const hold: number[] = [];
  const unhold: number[] = [];
  const ended: { confirmed: Member[]; dropped: Member[]; accepted: Member[] } = { confirmed: [], dropped: [], accepted: [] };
  let drawn = 0;
  const end = (member: Member, origin: 'log' | 'row' | 'held') => {
    const drawnFate = step.fates[drawn++ % step.fates.length] as number;
    // Only what was given for the first time can be held.
    const fate = drawnFate === 3 && member.gen > 0 ? 4 : drawnFate;
    const row = (state: SideRow['state']): SideRow => ({
      seq: member.seq,
      gen: member.gen,
      state,
      attempt: drawn,
      dueAt: 1000 + member.seq,
      class: 'server',
      detail: '',
    });
    if (fate === 3 && origin === 'held') return;
    if (origin === 'held') unhold.push(member.seq);
    if (fate === 4 || fate === 5) {
      put.push(row(fate === 4 ? 'retrying' : 'dead'));
      return;
    }
    if (origin === 'row') remove.push({ seq: member.seq, gen: member.gen });
    if (fate === 3) hold.push(member.seq);
    else ended[fate === 0 ? 'confirmed' : fate === 1 ? 'accepted' : 'dropped'].push(member);
  };
  for (const record of passed) end(record, 'log');
  for (const row of rows) end(row, 'row');
  for (const seq of held) end({ seq, gen: 0 }, 'held');
  const tally = { confirmed: tallyOf(ended.confirmed), accepted: tallyOf(ended.accepted), dropped: tallyOf(ended.dropped) };
  return { destination, epoch, cursor: to, sidePut: put, sideRemove: remove, heldSet: hold, heldClear: unhold, tally };
}

/** Two logs may number their routes differently. */
function withoutRoute(record: LogRecord): Omit<LogRecord, 'route'> {
  const { route: _route, ...rest } = plain(record);
  return rest;
}

/** All that can be seen of a destination. */
export async function viewOf(log: EventLog, destination: string, keptFrom: number): Promise<unknown> {
  // For a lane that lags, the first call only asks the disk when its oldest event came.
  log.backlog(destination);
  const ledger = await log.ledger(destination);
  const records = await readAll(log, destination, ledger.cursor, { events: 7, bytes: 30_000 });
  const dead = await log.deadLetters(destination, 0, 1000);
  return {
    ledger,
    backlog: log.backlog(destination),
    waiting: records.map(withoutRoute),
    held: await log.heldSeqs(destination, 0, 1000),
    retries: await log.dueRetries(destination, Number.MAX_SAFE_INTEGER, 1000),
    nextRetryAt: await log.nextRetryAt(destination),
    side: await sideViewOf(log, destination, keptFrom),
    away: await log.diverting.unsettled(destination),
    dead: { total: dead.total, rows: dead.rows.map(({ row, record }) => ({ row, record: record && withoutRoute(record) })) },
  };
}

/** L5 for two views of one ledger. */
export function counterFell(before: LedgerView, after: LedgerView): boolean {
  const states = Object.keys(before.terminal) as (keyof LedgerView['terminal'])[];
  return states.some((state) => after.terminal[state] < before.terminal[state]);
}
