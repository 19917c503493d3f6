/**
 * The rules of steps on side rows, the same for every driver: what a replay gives, what a discard ends, what an edit
 * replaces, and to which replay an end counts.
 */
import type { SettleDelta, SideRow } from './event-log.ts';
import { type Exception, exceptions, type GiveStep, type OpenEdit, type ReplayState } from './replaying.ts';
import { SettleRefused } from './settle-refused.ts';
import { tallyOf } from './tally.ts';

export type SideStep =
  | { readonly do: 'open'; readonly id: string }
  | ({ readonly do: 'give' } & GiveStep)
  | { readonly do: 'discard'; readonly seqs: readonly number[]; readonly as?: Exception | undefined }
  | { readonly do: 'claim'; readonly seq: number; readonly child: string }
  | { readonly do: 'release'; readonly child: string; readonly isAppended: boolean };

/** What is durable of a lane before a step. */
export interface LaneNow {
  readonly destination: string;
  readonly epoch: number;
  readonly cursor: number;
  /** Lowest seq whose event is sure to be there. */
  readonly oldest: number;
  readonly replays: readonly ReplayState[];
  /** Generation of the next replay. */
  readonly nextGen: number;
  /** The open obligations of a seq that are rows. One, or none; more where others divert events here. */
  rowsAt(seq: number): readonly SideRow[];
  isHeld(seq: number): boolean;
  /** Claims that are not released yet. */
  openEdit(of: { readonly seq: number } | { readonly child: string }): OpenEdit | undefined;
}

export interface StepDone {
  readonly replay: ReplayState | null;
  readonly retried: number;
  readonly minted: number;
  readonly skipped: number;
  /** Dead letters that were ended, claimed or given free. */
  readonly count: number;
}

/** What a driver writes for one step, beside the settle that it is. */
export interface StepPlan {
  readonly delta: SettleDelta;
  /** Absent: no replay changed. */
  readonly replay?: ReplayState;
  /** Rows that this replay gave, and seqs among them that were settled or filtered before. */
  readonly given?: readonly SideRow[];
  readonly minted?: readonly number[];
  /** A claim that begins, ends for good, or is given up. */
  readonly edit?: { readonly state: 'begun' | 'done' | 'gone'; readonly edit: OpenEdit };
  readonly done: StepDone;
}

const maxDetail = 300;
const nothingDone: StepDone = { replay: null, retried: 0, minted: 0, skipped: 0, count: 0 };

function deltaOf(lane: LaneNow, rest: Partial<SettleDelta> = {}): SettleDelta {
  const { destination, epoch, cursor } = lane;
  return { destination, epoch, cursor, sidePut: [], sideRemove: [], heldSet: [], heldClear: [], tally: {}, ...rest };
}

/** Throws SettleRefused where a replay would go back, or is not known. */
export function planStep(step: SideStep, lane: LaneNow): StepPlan {
  switch (step.do) {
    case 'open':
      return openPlan(step.id, lane);
    case 'give':
      return givePlan(step, lane);
    case 'discard':
      return endPlan(
        lane,
        step.seqs.filter((seq) => !lane.openEdit({ seq })),
        step.as,
      );
    case 'claim':
      return claimPlan(step.seq, step.child, lane);
    case 'release':
      return releasePlan(step, lane);
  }
}

function openPlan(id: string, lane: LaneNow): StepPlan {
  const known = lane.replays.find((replay) => replay.id === id);
  if (known) return { delta: deltaOf(lane), done: { ...nothingDone, replay: known } };
  const counts = { given: 0, skipped: 0, delivered: 0, failed: 0, ended: 0, open: 0 };
  const replay = { id, gen: lane.nextGen, cursor: 0, limit: lane.cursor, ...counts };
  return { delta: deltaOf(lane), replay, done: { ...nothingDone, replay } };
}

function checkGive({ seqs, through }: GiveStep, replay: ReplayState): void {
  let last = replay.cursor;
  for (const seq of seqs) {
    if (seq <= last) throw new SettleRefused(`replay ${replay.id} stands at ${replay.cursor} and cannot give seq ${seq}`);
    last = seq;
  }
  if (through < last) throw new SettleRefused(`replay ${replay.id} would stand at ${through}, below seq ${last}`);
}

function givePlan(step: GiveStep, lane: LaneNow): StepPlan {
  const before = lane.replays.find((replay) => replay.id === step.id);
  if (!before) throw new SettleRefused(`there is no replay ${step.id} at ${lane.destination}`);
  checkGive(step, before);
  const sidePut: SideRow[] = [];
  const minted: number[] = [];
  let skipped = 0;
  for (const seq of step.seqs) {
    const rows = lane.rowsAt(seq);
    const dead = lane.openEdit({ seq }) ? [] : rows.filter(({ state }) => state === 'dead');
    const again = { seq, state: 'retrying', attempt: 0, dueAt: step.dueAt, class: 'replay' } as const;
    for (const { gen, detail, class: why } of dead) sidePut.push({ ...again, gen, detail: detailOf(why, detail) });
    const isMinted = step.mints && rows.length === 0 && !lane.isHeld(seq) && seq <= before.limit && seq >= lane.oldest;
    if (isMinted) {
      sidePut.push({ ...again, gen: before.gen, detail: 'replayed' });
      minted.push(seq);
    } else if (dead.length === 0) skipped++;
  }
  const given = sidePut.length;
  const replay = {
    ...before,
    cursor: step.through,
    given: before.given + given,
    open: before.open + given,
    skipped: before.skipped + skipped,
  };
  const done = { ...nothingDone, replay, retried: given - minted.length, minted: minted.length, skipped };
  return { delta: deltaOf(lane, { sidePut }), replay, given: sidePut, minted, done };
}

function detailOf(why: string, detail: string): string {
  return `replayed; before: ${why}${detail === '' ? '' : `, ${detail}`}`.slice(0, maxDetail);
}

/** Ends those of the seqs that are dead letters. */
function endPlan(lane: LaneNow, seqs: readonly number[], as: Exception = 'dropped'): StepPlan {
  const rows = [...new Set(seqs)].flatMap((seq) => deadAt(lane, seq));
  if (rows.length === 0) return { delta: deltaOf(lane), done: nothingDone };
  const delta = deltaOf(lane, { sideRemove: rows, tally: { [as]: tallyOf(rows) }, ended: { [as]: rows.map(({ seq }) => seq) } });
  return { delta, done: { ...nothingDone, count: rows.length } };
}

const deadAt = (lane: LaneNow, seq: number) => lane.rowsAt(seq).flatMap(({ gen, state }) => (state === 'dead' ? [{ seq, gen }] : []));

function claimPlan(seq: number, child: string, lane: LaneNow): StepPlan {
  const [row] = deadAt(lane, seq);
  if (!row || lane.openEdit({ seq })) return { delta: deltaOf(lane), done: nothingDone };
  return { delta: deltaOf(lane), edit: { state: 'begun', edit: { seq, gen: row.gen, child } }, done: { ...nothingDone, count: 1 } };
}

function releasePlan({ child, isAppended }: { readonly child: string; readonly isAppended: boolean }, lane: LaneNow): StepPlan {
  const edit = lane.openEdit({ child });
  if (!edit) return { delta: deltaOf(lane), done: nothingDone };
  const { delta } = isAppended ? endPlan(lane, [edit.seq]) : { delta: deltaOf(lane) };
  return { delta, edit: { state: isAppended ? 'done' : 'gone', edit }, done: { ...nothingDone, count: 1 } };
}

/** What became of a row that a replay gave. */
export type Fortune = 'delivered' | 'failed' | 'ended';

/** What a settle made of each row that it names and that is not retried any more. */
export function fortunesOf(delta: SettleDelta): readonly { readonly seq: number; readonly gen: number; readonly fortune: Fortune }[] {
  const exceptional = new Set<number>(delta.heldSet);
  for (const state of exceptions) for (const seq of delta.ended?.[state] ?? []) exceptional.add(seq);
  const delivers = (delta.tally.confirmed?.count ?? 0) + (delta.tally.accepted?.count ?? 0) > 0;
  const end = (seq: number): Fortune => (delivers && !exceptional.has(seq) ? 'delivered' : 'ended');
  return [
    ...delta.sidePut.flatMap(({ seq, gen, state }) => (state === 'dead' ? [{ seq, gen, fortune: 'failed' as const }] : [])),
    ...delta.sideRemove.map(({ seq, gen }) => ({ seq, gen, fortune: end(seq) })),
  ];
}

/** Replays after some of their rows met their fortune. `replay`: the generation of the replay that gave the row. */
export function countFortunes(
  replays: readonly ReplayState[],
  met: readonly { readonly replay: number; readonly fortune: Fortune }[],
): readonly ReplayState[] {
  if (met.length === 0) return replays;
  return replays.map((replay) => {
    const own = met.filter((one) => one.replay === replay.gen);
    if (own.length === 0) return replay;
    const of = (fortune: Fortune) => own.filter((one) => one.fortune === fortune).length;
    const [delivered, failed, ended] = [replay.delivered + of('delivered'), replay.failed + of('failed'), replay.ended + of('ended')];
    return { ...replay, delivered, failed, ended, open: replay.open - own.length };
  });
}

/** A replay whose destination is removed: what was open is dropped. */
export function closeReplay(replay: ReplayState): ReplayState {
  return { ...replay, ended: replay.ended + replay.open, open: 0 };
}
