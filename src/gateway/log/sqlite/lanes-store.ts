/**
 * The writer of `lanes.db`. Several settles share one transaction, each in a savepoint of its own; each is
 * proved by `checkDelta` before it is written.
 */
import type { DatabaseSync } from 'node:sqlite';
import { checkDelta, type DeltaEffect } from '../check-delta.ts';
import { type SettleDelta, type Tally, terminalStates } from '../event-log.ts';
import type { Passed } from '../recent-facts.ts';
import type { ReplayState } from '../replaying.ts';
import { staleEpoch } from '../settle-refused.ts';
import type { SideStep, StepDone } from '../side-steps.ts';
import { addTally, emptyTally, subtractTally, tallyOf as tallyOfRows } from '../tally.ts';
import type { Uncertain } from '../uncertain.ts';
import { createDiversions, type DiversionInput, type Diversions } from './diversions.ts';
import { createHeldBlocks } from './held-blocks.ts';
import { incarnationOf, type LedgerLine, lanesPath, openLanes } from './lanes-file.ts';
import { rescueSegment } from './rescue.ts';
import { emptyWal, eraseRescued, forgetEdits, writeAnew } from './rescued.ts';
import { sizeOf } from './segment-file.ts';
import { SideDesk } from './side-desk.ts';
import { createSideRows } from './side-rows.ts';
import { primaryCode } from './sqlite-errors.ts';
import { StoreFailure } from './store-failure.ts';

/** A lane as the main thread mirrors it. */
export interface LaneState {
  readonly ordinal: number;
  readonly destination: string;
  readonly birth: number;
  readonly epoch: number;
  readonly cursor: number;
  readonly passedBytes: number;
  readonly closedAt: number | null;
  readonly sums: Readonly<Partial<Record<LedgerLine, Tally>>>;
  readonly replays: readonly ReplayState[];
}

export interface SettleInput {
  readonly ordinal: number;
  readonly delta: SettleDelta;
  readonly head: number;
  /** Cursor that `passed` was computed from. */
  readonly from: number;
  readonly passed: Passed;
  /** Decided here, in place of the delta. `oldest`: lowest seq whose event is sure to be there. */
  readonly step?: SideStep;
  readonly oldest?: number;
  /** In place of the delta: what another lane gives to this one. */
  readonly diversion?: DiversionInput;
}

export type SettleOutcome =
  | { readonly ok: true; readonly lane: LaneState; readonly done?: StepDone; readonly given?: number }
  | { readonly ok: false; readonly name: string; readonly message: string };

export interface LanesOps {
  /** `incarnation`: the one that the lanes must belong to, where it is known. */
  open(input: { readonly folder: string; readonly incarnation?: string | null }): {
    readonly lanes: readonly LaneState[];
    readonly clock: number;
    readonly bytes: number;
    readonly incarnation: string;
  };
  register(input: { readonly destination: string; readonly head: number }): LaneState;
  take(input: { readonly ordinal: number; readonly uncertain: Uncertain | null }): LaneState & { readonly nextRetryAt: number | null };
  settle(input: { readonly settles: readonly SettleInput[]; readonly clock: number }): {
    readonly outcomes: readonly SettleOutcome[];
    readonly bytes: number;
  };
  retire(input: { readonly ordinal: number; readonly from: number; readonly head: number; readonly passed: Passed }): LaneState;
  /** Rescues what is still referred to in a segment, and syncs: afterwards its file may go. */
  rescue(input: { readonly firstSeq: number; readonly lastSeq: number }): { readonly rescued: number; readonly bytes: number };
  /** Takes the bodies of rescued events away. */
  eraseRescued(input: { readonly seqs: readonly number[] }): null;
  /** Forgets the message ids of copies that replaced dead letters of these seqs. */
  forgetEdits(input: { readonly seqs: readonly number[] }): null;
  /** What was erased is in the file and its WAL no more. Throws INGEST_STORE_FAILED while somebody reads. */
  leaveNoTrace(input: null): null;
  close(input: null): null;
}

const tallyOf = (passed: Passed): Tally => ({ count: passed.count, digest: { hi: passed.hi, lo: passed.lo } });

function readLanes(db: DatabaseSync): Omit<LaneState, 'replays'>[] {
  const sums = db.prepare('SELECT state, count, hi, lo FROM ledger WHERE ordinal = ?');
  return db
    .prepare('SELECT * FROM lane ORDER BY ordinal')
    .all()
    .map((row) => ({
      ordinal: Number(row.ordinal),
      destination: String(row.destination),
      birth: Number(row.birth),
      epoch: Number(row.epoch),
      cursor: Number(row.cursor),
      passedBytes: Number(row.passed_bytes),
      closedAt: row.closed_at === null ? null : Number(row.closed_at),
      sums: Object.fromEntries(
        sums
          .all(Number(row.ordinal))
          .map((line) => [String(line.state), { count: Number(line.count), digest: { hi: Number(line.hi), lo: Number(line.lo) } }]),
      ),
    }));
}

/** The change of each running sum that a proven settle makes. */
function changesOf(delta: SettleDelta, effect: DeltaEffect, passed: Tally): [LedgerLine, Tally][] {
  return [
    ['passed', passed],
    ['minted', effect.minted],
    ['held', subtractTally(effect.heldSet, effect.heldClear)],
    ['retrying', subtractTally(effect.retrying.added, effect.retrying.removed)],
    ['dead', subtractTally(effect.dead.added, effect.dead.removed)],
    ...terminalStates.map((state): [LedgerLine, Tally] => [state, delta.tally[state] ?? emptyTally]),
  ];
}

export class LanesStore {
  readonly #folder: string;
  readonly #db: DatabaseSync;
  readonly incarnation: string;
  readonly #lanes = new Map<number, LaneState>();
  readonly #rows: ReturnType<typeof createSideRows>;
  readonly #held: ReturnType<typeof createHeldBlocks>;
  readonly #desk: SideDesk;
  readonly #diversions: Diversions;
  /** The last seq whose segment may be gone. */
  #rescuedThrough = 0;
  readonly #putSum;
  readonly #putLane;
  readonly #putClock;

  constructor(folder: string, incarnation: string | null) {
    this.#folder = folder;
    this.#db = openLanes(folder);
    this.incarnation = incarnationOf(this.#db, incarnation);
    this.#rows = createSideRows(this.#db);
    this.#held = createHeldBlocks(this.#db);
    this.#desk = new SideDesk(this.#db, this.#held.has);
    this.#diversions = createDiversions(this.#db, this.#held.has);
    for (const lane of readLanes(this.#db)) this.#lanes.set(lane.ordinal, { ...lane, replays: this.#desk.replays(lane.ordinal) });
    this.#putSum = this.#db.prepare(
      'INSERT INTO ledger (ordinal, state, count, hi, lo) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = excluded.count, hi = excluded.hi, lo = excluded.lo',
    );
    this.#putLane = this.#db.prepare(
      'INSERT INTO lane (ordinal, destination, birth, epoch, cursor, passed_bytes, closed_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET epoch = excluded.epoch, cursor = excluded.cursor, passed_bytes = excluded.passed_bytes, closed_at = excluded.closed_at',
    );
    this.#putClock = this.#db.prepare(
      "INSERT INTO meta (key, value) VALUES ('clock', ?) ON CONFLICT DO UPDATE SET value = max(value, excluded.value)",
    );
  }

  get lanes(): readonly LaneState[] {
    return [...this.#lanes.values()];
  }

  get clock(): number {
    return Number(this.#db.prepare("SELECT value FROM meta WHERE key = 'clock'").get()?.value ?? 0);
  }

  get bytes(): number {
    return sizeOf(lanesPath(this.#folder)) + sizeOf(`${lanesPath(this.#folder)}-wal`);
  }

  #laneOf(ordinal: number): LaneState {
    const lane = this.#lanes.get(ordinal);
    if (!lane) throw new Error(`no lane has the ordinal ${ordinal}`);
    return lane;
  }

  /** Runs `work` in a transaction that is synced to the disk when it ends. */
  #durably(work: () => LaneState): LaneState {
    this.#db.exec('PRAGMA synchronous=FULL; BEGIN IMMEDIATE');
    try {
      const lane = work();
      this.#db.exec('COMMIT');
      this.#lanes.set(lane.ordinal, lane);
      return lane;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    } finally {
      this.#db.exec('PRAGMA synchronous=NORMAL');
    }
  }

  #write(lane: LaneState): LaneState {
    this.#putLane.run(lane.ordinal, lane.destination, lane.birth, lane.epoch, lane.cursor, lane.passedBytes, lane.closedAt);
    return lane;
  }

  #addSums(lane: LaneState, changes: readonly [LedgerLine, Tally][]): LaneState['sums'] {
    const sums = { ...lane.sums };
    for (const [line, change] of changes) {
      if (change.count === 0 && change.digest.hi === 0 && change.digest.lo === 0) continue;
      const sum = addTally(sums[line] ?? emptyTally, change);
      sums[line] = sum;
      this.#putSum.run(lane.ordinal, line, sum.count, sum.digest.hi, sum.digest.lo);
    }
    return sums;
  }

  register(destination: string, head: number): LaneState {
    const known = this.lanes.find((lane) => lane.destination === destination && lane.closedAt === null);
    if (known) return known;
    const ordinal = Math.max(-1, ...this.#lanes.keys()) + 1;
    return this.#durably(() =>
      this.#write({ ordinal, destination, birth: head, epoch: 0, cursor: head, passedBytes: 0, closedAt: null, sums: {}, replays: [] }),
    );
  }

  take(ordinal: number, uncertain: Uncertain | null): LaneState & { readonly nextRetryAt: number | null } {
    const lane = this.#laneOf(ordinal);
    const taken = this.#durably(() => {
      if (uncertain !== null) this.#rows.nameDomain(ordinal, uncertain);
      return this.#write({ ...lane, epoch: lane.epoch + 1 });
    });
    return { ...taken, nextRetryAt: this.#rows.nextRetryAt(ordinal) };
  }

  retire(ordinal: number, from: number, head: number, passed: Passed): LaneState {
    const lane = this.#laneOf(ordinal);
    if (lane.cursor !== from) throw new Error(`lane ${lane.destination} moved while it was retired`);
    return this.#durably(() => {
      const { held = emptyTally, retrying = emptyTally, dead = emptyTally } = lane.sums;
      const dropped = [tallyOf(passed), held, retrying, dead].reduce(addTally);
      const changes: [LedgerLine, Tally][] = [
        ['passed', tallyOf(passed)],
        ['dropped', dropped],
        ['held', subtractTally(emptyTally, held)],
        ['retrying', subtractTally(emptyTally, retrying)],
        ['dead', subtractTally(emptyTally, dead)],
      ];
      this.#rows.removeAll(ordinal);
      this.#held.removeAll(ordinal);
      this.#diversions.removeAll(ordinal);
      const sums = this.#addSums(lane, changes);
      return this.#write({
        ...lane,
        epoch: lane.epoch + 1,
        cursor: head,
        closedAt: head,
        passedBytes: lane.passedBytes + passed.bytes,
        sums,
        replays: this.#desk.retire(lane),
      });
    });
  }

  #settleOne({ ordinal, head, from, passed, step, oldest = 0, ...input }: SettleInput): {
    readonly lane: LaneState;
    readonly done?: StepDone;
    readonly given?: number;
  } {
    const lane = this.#laneOf(ordinal);
    if (input.diversion) return this.#divert(lane, input.diversion, head);
    const { epoch } = input.delta;
    if (epoch !== lane.epoch || lane.closedAt !== null) throw staleEpoch(lane.destination, epoch, lane.epoch);
    const plan = step ? this.#desk.plan(lane, step, Math.max(oldest, this.#rescuedThrough + 1)) : null;
    const delta = plan?.delta ?? input.delta;
    if (from !== lane.cursor) throw new Error(`lane ${delta.destination} stands at ${lane.cursor}, not at ${from}`);
    const effect = checkDelta(
      delta,
      head,
      {
        cursor: lane.cursor,
        row: (seq, gen) => this.#rows.get(ordinal, seq, gen),
        isHeld: (seq) => this.#held.has(ordinal, seq),
        isGivenAway: (seq) => this.#diversions.has(ordinal, 'away', seq),
      },
      tallyOf(passed),
    );
    this.#rows.apply(ordinal, delta.sideRemove, delta.sidePut);
    this.#held.apply(ordinal, delta.heldClear, delta.heldSet);
    this.#diversions.settled(ordinal, delta.ended?.diverted ?? []);
    const sums = this.#addSums(lane, changesOf(delta, effect, tallyOf(passed)));
    const replays = this.#desk.apply(lane, delta, plan);
    const after = this.#write({ ...lane, cursor: delta.cursor, passedBytes: lane.passedBytes + passed.bytes, sums, replays });
    return plan ? { lane: after, done: plan.done } : { lane: after };
  }

  /** Rows here and marks at both lanes, by the rules of every driver. */
  #divert(lane: LaneState, diversion: DiversionInput, head: number) {
    const origin = this.#laneOf(diversion.origin);
    const { epoch } = diversion;
    if (epoch !== origin.epoch || origin.closedAt !== null) throw staleEpoch(origin.destination, epoch, origin.epoch);
    if (lane.closedAt !== null) throw new Error(`destination ${lane.destination} is gone`);
    const rows = this.#diversions.give(origin, lane, diversion, head);
    this.#rows.apply(lane.ordinal, [], rows);
    const came = tallyOfRows(rows);
    const sums = this.#addSums(lane, [
      ['retrying', came],
      ['divertedIn', came],
    ]);
    return { lane: this.#write({ ...lane, sums }), given: rows.length };
  }

  /** One transaction for all; a refused settle leaves the others alone. Throws where the store cannot write: then none was. */
  settle(settles: readonly SettleInput[], clock: number): readonly SettleOutcome[] {
    const before = new Map(this.#lanes);
    // What is appended next depends on a claim: it may not be lost where the power is.
    if (settles.some(({ step }) => step?.do === 'claim')) this.#db.exec('PRAGMA synchronous=FULL');
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const outcomes = settles.map((settle) => this.#inSavepoint(settle));
      this.#putClock.run(clock);
      this.#db.exec('COMMIT');
      return outcomes;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      for (const [ordinal, lane] of before) this.#lanes.set(ordinal, lane);
      throw error;
    } finally {
      this.#db.exec('PRAGMA synchronous=NORMAL');
    }
  }

  #inSavepoint(settle: SettleInput): SettleOutcome {
    this.#db.exec('SAVEPOINT settle');
    try {
      const settled = this.#settleOne(settle);
      this.#db.exec('RELEASE settle');
      this.#lanes.set(settled.lane.ordinal, settled.lane);
      return { ok: true, ...settled };
    } catch (error) {
      if (primaryCode(error) !== null || error instanceof StoreFailure || !(error instanceof Error)) throw error;
      this.#db.exec('ROLLBACK TO settle; RELEASE settle');
      return { ok: false, name: error.name, message: error.message };
    }
  }

  rescue(firstSeq: number, lastSeq: number): number {
    const living = this.lanes.filter((lane) => lane.closedAt === null);
    if (living.some((lane) => lane.cursor < lastSeq)) throw new Error(`a lane has not passed segment ${firstSeq} (L6)`);
    const rescued = rescueSegment(this.#db, this.#folder, firstSeq, lastSeq);
    this.#rescuedThrough = Math.max(this.#rescuedThrough, lastSeq);
    this.#desk.truncate([...this.#lanes.keys()], lastSeq + 1);
    this.#diversions.truncate(lastSeq + 1);
    const row = this.#db.prepare('PRAGMA wal_checkpoint(PASSIVE)').get();
    if (row?.log !== row?.checkpointed) throw new StoreFailure('INGEST_STORE_FAILED', { cause: 'lanes.db could not be checkpointed' });
    return rescued;
  }

  eraseRescued(seqs: readonly number[]): void {
    eraseRescued(this.#db, seqs);
  }

  forgetEdits(seqs: readonly number[]): void {
    forgetEdits(this.#db, seqs);
  }

  leaveNoTrace(): void {
    writeAnew(this.#db);
    emptyWal(this.#db);
  }

  close(): void {
    this.#db.close();
  }
}

export function createLanesOps(): LanesOps {
  let store: LanesStore | null = null;
  const opened = (): LanesStore => {
    if (!store) throw new Error('lanes.db is not open');
    return store;
  };
  return {
    open({ folder, incarnation = null }) {
      store = new LanesStore(folder, incarnation);
      return { lanes: store.lanes, clock: store.clock, bytes: store.bytes, incarnation: store.incarnation };
    },
    register: ({ destination, head }) => opened().register(destination, head),
    take: ({ ordinal, uncertain }) => opened().take(ordinal, uncertain),
    settle: ({ settles, clock }) => ({ outcomes: opened().settle(settles, clock), bytes: opened().bytes }),
    retire: ({ ordinal, from, head, passed }) => opened().retire(ordinal, from, head, passed),
    rescue: ({ firstSeq, lastSeq }) => ({ rescued: opened().rescue(firstSeq, lastSeq), bytes: opened().bytes }),
    eraseRescued({ seqs }) {
      opened().eraseRescued(seqs);
      return null;
    },
    forgetEdits({ seqs }) {
      opened().forgetEdits(seqs);
      return null;
    },
    leaveNoTrace() {
      opened().leaveNoTrace();
      return null;
    },
    close() {
      store?.close();
      store = null;
      return null;
    },
  };
}
