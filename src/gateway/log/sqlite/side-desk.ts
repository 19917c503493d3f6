/** The part of the writer of `lanes.db` that carries out steps on side rows, and counts what became of what replays gave. */
import type { DatabaseSync } from 'node:sqlite';
import type { SettleDelta, SideRow } from '../event-log.ts';
import type { OpenEdit, ReplayState } from '../replaying.ts';
import {
  closeReplay,
  countFortunes,
  type Fortune,
  fortunesOf,
  type LaneNow,
  planStep,
  type SideStep,
  type StepPlan,
} from '../side-steps.ts';
import { rowOf } from './lanes-file.ts';
import { createMarks } from './marks.ts';

/** What the desk needs to know of a lane. */
export interface DeskLane {
  readonly ordinal: number;
  readonly destination: string;
  readonly epoch: number;
  readonly cursor: number;
  readonly replays: readonly ReplayState[];
}

/** Finished replays of a lane that are kept in memory; older ones stay in the file. */
const keptReplays = 16;

export function replayOf(row: Record<string, unknown>): ReplayState {
  const number = (column: string) => Number(row[column]);
  const [given, delivered, failed, ended] = [number('given'), number('delivered'), number('failed'), number('ended')];
  return {
    id: String(row.id),
    gen: number('gen'),
    cursor: number('cursor'),
    limit: number('limit_seq'),
    given,
    skipped: number('skipped'),
    delivered,
    failed,
    ended,
    open: given - delivered - failed - ended,
  };
}

export const editOf = (row: Record<string, unknown>): OpenEdit => ({
  seq: Number(row.seq),
  gen: Number(row.gen),
  child: String(row.child),
});

function statementsOf(db: DatabaseSync) {
  return {
    replays: db.prepare('SELECT * FROM replay WHERE ordinal = ? ORDER BY gen'),
    lastGen: db.prepare('SELECT max(gen) AS gen FROM replay WHERE ordinal = ?'),
    putReplay: db.prepare(
      'INSERT INTO replay (ordinal, gen, id, cursor, limit_seq, given, skipped, delivered, failed, ended) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (ordinal, gen) DO UPDATE SET cursor = excluded.cursor, given = excluded.given, skipped = excluded.skipped, delivered = excluded.delivered, failed = excluded.failed, ended = excluded.ended',
    ),
    putOpen: db.prepare('INSERT INTO replaying (ordinal, seq, gen, replay) VALUES (?, ?, ?, ?)'),
    takeOpen: db.prepare('DELETE FROM replaying WHERE ordinal = ? AND seq = ? AND gen = ? RETURNING replay'),
    removeOpen: db.prepare('DELETE FROM replaying WHERE ordinal = ?'),
    retryingAt: db.prepare('SELECT * FROM retrying WHERE ordinal = ? AND seq = ?'),
    deadAt: db.prepare('SELECT * FROM dead WHERE ordinal = ? AND seq = ?'),
    edits: db.prepare('SELECT seq, gen, child FROM edit WHERE ordinal = ? AND is_done = 0 ORDER BY seq'),
    putEdit: db.prepare('INSERT INTO edit (ordinal, seq, gen, child, is_done) VALUES (?, ?, ?, ?, 0)'),
    endEdit: db.prepare('UPDATE edit SET is_done = 1 WHERE ordinal = ? AND child = ?'),
    removeEdit: db.prepare('DELETE FROM edit WHERE ordinal = ? AND child = ?'),
    removeEdits: db.prepare('DELETE FROM edit WHERE ordinal = ?'),
    removeOldEdits: db.prepare('DELETE FROM edit WHERE is_done = 1 AND seq < ?'),
  };
}

export class SideDesk {
  readonly #sql: ReturnType<typeof statementsOf>;
  readonly #marks: ReturnType<typeof createMarks>;
  readonly #isHeld: (ordinal: number, seq: number) => boolean;

  constructor(db: DatabaseSync, isHeld: (ordinal: number, seq: number) => boolean) {
    this.#sql = statementsOf(db);
    this.#marks = createMarks(db);
    this.#isHeld = isHeld;
  }

  /** The replays of a lane, oldest first: the newest ones, and all with something open. */
  replays(ordinal: number): readonly ReplayState[] {
    return withoutOld(this.#sql.replays.all(ordinal).map(replayOf));
  }

  /** What a step comes to. Writes nothing. @param oldest lowest seq whose event is sure to be there */
  plan(lane: DeskLane, step: SideStep, oldest: number): StepPlan {
    const { ordinal } = lane;
    const edits = this.#sql.edits.all(ordinal).map(editOf);
    const now: LaneNow = {
      destination: lane.destination,
      epoch: lane.epoch,
      cursor: lane.cursor,
      oldest,
      replays: this.#known(lane, step),
      nextGen: Number(this.#sql.lastGen.get(ordinal)?.gen ?? 0) + 1,
      rowsAt: (seq) => this.#rowsAt(ordinal, seq),
      isHeld: (seq) => this.#isHeld(ordinal, seq),
      openEdit: (of) => edits.find((edit) => ('seq' in of ? edit.seq === of.seq : edit.child === of.child)),
    };
    return planStep(step, now);
  }

  /** One that is not in memory any more may be asked for again. */
  #known(lane: DeskLane, step: SideStep): readonly ReplayState[] {
    const isAsked = step.do === 'open' || step.do === 'give';
    if (!isAsked || lane.replays.some(({ id }) => id === step.id)) return lane.replays;
    return this.#sql.replays.all(lane.ordinal).map(replayOf);
  }

  #rowsAt(ordinal: number, seq: number): readonly SideRow[] {
    const { retryingAt, deadAt } = this.#sql;
    const retrying = retryingAt.all(ordinal, seq).map((row) => rowOf(row, 'retrying'));
    return [...retrying, ...deadAt.all(ordinal, seq).map((row) => rowOf(row, 'dead'))];
  }

  /** Writes what a settle, or the step that it carries out, means for replays, marks and edits. Returns the lane's replays after it. */
  apply(lane: DeskLane, delta: SettleDelta, plan: StepPlan | null): readonly ReplayState[] {
    const { ordinal } = lane;
    let { replays } = lane;
    if (plan) replays = this.#applyStep(ordinal, plan, replays);
    this.#marks.settled(ordinal, delta.ended);
    if (!replays.some(({ open }) => open > 0)) return replays;
    const met: { replay: number; fortune: Fortune }[] = [];
    for (const { seq, gen, fortune } of fortunesOf(delta)) {
      const taken = this.#sql.takeOpen.get(ordinal, seq, gen);
      if (taken) met.push({ replay: Number(taken.replay), fortune });
    }
    const counted = countFortunes(replays, met);
    for (const [at, replay] of counted.entries()) if (replay !== replays[at]) this.#put(ordinal, replay);
    return counted;
  }

  #applyStep(
    ordinal: number,
    { replay, given = [], minted = [], edit }: StepPlan,
    replays: readonly ReplayState[],
  ): readonly ReplayState[] {
    if (edit) {
      const { seq, gen, child } = edit.edit;
      if (edit.state === 'begun') this.#sql.putEdit.run(ordinal, seq, gen, child);
      else (edit.state === 'done' ? this.#sql.endEdit : this.#sql.removeEdit).run(ordinal, child);
    }
    if (!replay) return replays;
    for (const { seq, gen } of given) this.#sql.putOpen.run(ordinal, seq, gen, replay.gen);
    this.#marks.given(
      ordinal,
      replay.gen,
      given.map(({ seq }) => seq),
    );
    this.#marks.forget(ordinal, minted);
    this.#put(ordinal, replay);
    const others = replays.filter(({ id }) => id !== replay.id);
    return withoutOld([...others, replay].sort((a, b) => a.gen - b.gen));
  }

  #put(ordinal: number, replay: ReplayState): void {
    const { gen, id, cursor, limit, given, skipped, delivered, failed, ended } = replay;
    this.#sql.putReplay.run(ordinal, gen, id, cursor, limit, given, skipped, delivered, failed, ended);
  }

  retire({ ordinal, replays }: DeskLane): readonly ReplayState[] {
    const closed = replays.map(closeReplay);
    for (const [at, replay] of closed.entries()) if (replays[at]?.open !== 0) this.#put(ordinal, replay);
    this.#sql.removeOpen.run(ordinal);
    this.#sql.removeEdits.run(ordinal);
    this.#marks.removeAll(ordinal);
    return closed;
  }

  /** Everything below a seq is gone from the log. */
  truncate(ordinals: readonly number[], belowSeq: number): void {
    for (const ordinal of ordinals) this.#marks.truncate(ordinal, belowSeq);
    this.#sql.removeOldEdits.run(belowSeq);
  }
}

function withoutOld(replays: readonly ReplayState[]): readonly ReplayState[] {
  return replays.filter(({ open }, at) => open > 0 || at >= replays.length - keptReplays);
}
