/** Steps of a random history that work on side rows from outside a lane: replay, discard, edit. */
import fc from 'fast-check';
import type { EventLog } from '#gateway/log/event-log.ts';

export interface SideStep {
  readonly do: 'side';
  readonly what: 'give' | 'discard' | 'edit';
  readonly lane: number;
  /** Which of three replays. */
  readonly replay: number;
  readonly skip: number;
  readonly count: number;
  /** give: what is settled too. edit: the copy came. */
  readonly isFull: boolean;
}

const small = (max: number) => fc.nat({ max });

export const sideSteps: fc.Arbitrary<SideStep> = fc.record({
  do: fc.constant('side' as const),
  what: fc.constantFrom('give' as const, 'give' as const, 'discard' as const, 'edit' as const),
  lane: small(2),
  replay: small(2),
  skip: small(3),
  count: small(8),
  isFull: fc.boolean(),
});

/** One atomic call, to be made on both logs. */
export type Call = (log: EventLog) => Promise<unknown>;

/** Lowest seq whose segment is still there. */
export async function firstKept(log: EventLog): Promise<number> {
  const { parts } = await log.kept();
  return log.head() - parts.reduce((sum, part) => sum + part.events, 0) + 1;
}

/** The calls that a step comes to in the present state. Only a driver that truncates knows what is still there. */
export async function callsOf(step: SideStep, durable: EventLog, destination: string, epoch: number): Promise<readonly Call[]> {
  const dead = (await durable.replaying.searchDead({ destination, filter: {}, order: 'oldest', from: 0, limit: 20 })).rows;
  const seqs = dead.slice(step.skip, step.skip + step.count).map(({ seq }) => seq);
  const [seq = 1] = seqs;
  const child = `copy-${seq}`;
  switch (step.what) {
    case 'discard':
      return [(log) => log.replaying.discardDead(destination, epoch, seqs)];
    case 'edit':
      return [
        (log) => log.replaying.beginEdit(destination, epoch, seq, child),
        (log) => log.replaying.endEdit(destination, epoch, child, step.isFull),
      ];
    case 'give': {
      const id = `r${step.replay}`;
      const at = durable.replaying.replays(destination).find((replay) => replay.id === id)?.cursor ?? 0;
      const from = Math.max(at + 1, await firstKept(durable)) + step.skip;
      const given = Array.from({ length: step.count }, (_, index) => from + index).filter((each) => each <= durable.head());
      const through = Math.max(at, given.at(-1) ?? 0);
      const give = { id, seqs: given, through, dueAt: 5000, mints: step.isFull };
      return [(log) => log.replaying.openReplay(destination, epoch, id), (log) => log.replaying.give(destination, epoch, give)];
    }
  }
}

/** What such steps change, and no other view shows. @param keptFrom of what is older, a driver that truncates may have forgotten the copy */
export async function sideViewOf(log: EventLog, destination: string, keptFrom = 1): Promise<unknown> {
  const last = Math.min(30, log.head());
  const seqs = Array.from({ length: last }, (_, index) => log.head() - index);
  const { classes, names, count } = await log.replaying.countDead(destination, {});
  return {
    replays: log.replaying.replays(destination),
    edits: await log.replaying.openEdits(destination),
    count,
    classes: Object.fromEntries(classes),
    names: Object.fromEntries(names),
    lives: await Promise.all(
      seqs.map(async (seq) => {
        const { child, ...life } = await log.replaying.life(destination, seq);
        return seq < keptFrom ? life : { ...life, child };
      }),
    ),
    oldest: await log.replaying.searchDead({ destination, filter: {}, order: 'oldest', from: 0, limit: 5 }),
    newest: await log.replaying.searchDead({ destination, filter: {}, order: 'newest', from: Number.MAX_SAFE_INTEGER, limit: 5 }),
  };
}

/** A replay's sum (given = delivered + failed + ended + open) in words where it does not hold, and rows that two replays claim. */
export async function replayFaults(log: EventLog, destination: string): Promise<readonly string[]> {
  const replays = log.replaying.replays(destination);
  const rows = await log.dueRetries(destination, Number.MAX_SAFE_INTEGER, 10_000);
  const open = replays.reduce((sum, replay) => sum + replay.open, 0);
  const seqs = rows.map(({ seq }) => seq);
  return [
    ...replays
      .filter(({ given, delivered, failed, ended, open: left }) => given !== delivered + failed + ended + left || left < 0)
      .map(({ id }) => `replay ${id} does not add up`),
    ...(open > rows.length ? [`${open} rows are open in replays, ${rows.length} are retrying`] : []),
    ...(new Set(seqs).size < seqs.length ? ['two obligations of one seq are open'] : []),
  ];
}
