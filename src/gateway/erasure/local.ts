/**
 * Takes a person out of everything that the gateway itself holds. The order is what makes it safe to be killed anywhere
 * and run again: what is owed of the person's events is ended while the events can still be found, and only then are
 * they erased.
 *
 *   gate (the person is suppressed)  nothing more of the person leaves
 *   appended, put                    nothing of the person is on its way into the log or the quarantine
 *   landed                           what was in flight has ended
 *   found, concluded                 rows and held bits of the person's events end as suppressed
 *   erased                           log, tail, rescued bodies, quarantine, WALs
 *   concluded again                  what a replay or a late answer made meanwhile
 */
import type { Erasure } from '#contract/documents/erasure.ts';
import { type AppError, AppFailure } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import type { PeopleMatch } from '#gateway/log/person-match.ts';
import type { People } from '#gateway/people/people.ts';
import type { Quarantine } from '#gateway/quarantine/quarantine.ts';

/** What lanes, and whoever else remembers events in memory, do for an erasure. */
export interface ErasureLanes {
  /** Every destination that the log knows as living. */
  destinations(): readonly string[];
  /** Resolves when no request under way carries an event of these people, or when that takes too long. */
  landed(people: PeopleMatch): Promise<void>;
  /** Ends rows and held bits of these seqs as suppressed; answers how many, and how many are in use and must be asked for again. */
  conclude(destination: string, seqs: readonly number[]): Promise<{ readonly ended: number; readonly busy: number }>;
  /** Forgets these message ids wherever they are remembered; answers how many were. */
  forget(messageIds: ReadonlySet<string>): number;
}

export interface RemovalDeps {
  readonly log: Pick<EventLog, 'personalEvents' | 'erase'>;
  readonly lanes: Pick<ErasureLanes, 'destinations' | 'conclude' | 'forget'>;
  readonly quarantine: Pick<Quarantine, 'erasePersonal'>;
  /** Resolves a while later. */
  wait(ms: number): Promise<void>;
}

export interface LocalDeps extends RemovalDeps {
  readonly log: Pick<EventLog, 'now' | 'whenAppended' | 'personalEvents' | 'erase'>;
  readonly lanes: ErasureLanes;
  readonly people: Pick<People, 'matchOf' | 'forgetGrants' | 'durable' | 'erasures'>;
}

export interface LocalDone {
  /** Events received up to here are gone, epoch ms. */
  readonly untilMs: number;
  readonly places: Erasure['local']['places'];
}

/** Seqs that are looked up at once. */
const seqsAtOnce = 5000;
const busyRounds = 20;
const busyWaitMs = 100;

/** Erases people by their hashes. What fails may be run again: INGEST_DISK_FULL, INGEST_STORE_FAILED, CONTROL_STORE_FAILED, DATA_CORRUPT. */
export async function eraseLocally(deps: LocalDeps, hashes: readonly string[]): Promise<Result<LocalDone>> {
  try {
    return await run(deps, hashes);
  } catch (error) {
    if (error instanceof AppFailure) return err(error.error);
    throw error;
  }
}

async function run(deps: LocalDeps, hashes: readonly string[]): Promise<Result<LocalDone>> {
  const { log, lanes, people } = deps;
  await log.whenAppended();
  await lanes.landed(people.matchOf(hashes));
  const untilMs = log.now();
  const removed = await removePeople(deps, people.matchOf(hashes, untilMs));
  if (!removed.ok) return removed;
  for (const hash of hashes) people.forgetGrants(hash);
  const kept = await people.durable();
  if (!kept.ok) return kept;
  const noted = await people.erasures.noteErased(hashes, untilMs);
  return noted.ok ? ok({ untilMs, places: removed.value }) : noted;
}

/** Everything but what is known of the people themselves. Throws AppFailure. */
export async function removePeople(deps: RemovalDeps, match: PeopleMatch): Promise<Result<LocalDone['places']>> {
  const quarantined = await eraseQuarantined(deps, match);
  if (!quarantined.ok) return quarantined;
  const { seqs, messageIds } = await find(deps, match);
  let concluded = await concludeAll(deps, seqs);
  const { events } = await deps.log.erase(match);
  concluded += await concludeAll(deps, seqs);
  return ok([
    { place: 'log', removed: events },
    { place: 'lanes', removed: concluded },
    { place: 'quarantine', removed: quarantined.value },
    { place: 'memory', removed: deps.lanes.forget(messageIds) },
  ]);
}

/** What is being released is in the log a moment later, without its content, because the person is suppressed. */
async function eraseQuarantined({ quarantine, wait }: RemovalDeps, match: PeopleMatch): Promise<Result<number>> {
  let removed = 0;
  for (let round = 0; ; round++) {
    const erased = await quarantine.erasePersonal(match);
    if (!erased.ok) return erased;
    removed += erased.value.erased;
    if (erased.value.claimed === 0 || round >= busyRounds) return ok(removed);
    await wait(busyWaitMs);
  }
}

interface Found {
  readonly seqs: readonly number[];
  readonly messageIds: ReadonlySet<string>;
}

async function find({ log }: RemovalDeps, match: PeopleMatch): Promise<Found> {
  const seqs: number[] = [];
  const messageIds = new Set<string>();
  for (let after = 0; ; ) {
    const page = await log.personalEvents(match, after);
    for (const { seq, json } of page.events) {
      seqs.push(seq);
      const { messageId } = JSON.parse(json) as { readonly messageId?: unknown };
      if (typeof messageId === 'string') messageIds.add(messageId);
    }
    after = page.through;
    if (page.isOver) return { seqs, messageIds };
  }
}

/** A row that is still in use after all rounds is suppressed when it comes up: its event reads as erased. */
async function concludeAll({ lanes, wait }: RemovalDeps, seqs: readonly number[]): Promise<number> {
  let ended = 0;
  for (const destination of lanes.destinations()) {
    for (let at = 0; at < seqs.length; at += seqsAtOnce) {
      const some = seqs.slice(at, at + seqsAtOnce);
      for (let round = 0; round < busyRounds; round++) {
        const concluded = await lanes.conclude(destination, some);
        ended += concluded.ended;
        if (concluded.busy === 0) break;
        await wait(busyWaitMs);
      }
    }
  }
  return ended;
}

/** What an operator reads of a failure. */
export function wordsOf({ message, suggestedAction }: AppError): string {
  return `${message} ${suggestedAction}`.slice(0, 300);
}
