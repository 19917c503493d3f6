/** Reads of `lanes.db` on a connection of their own, so that a settle never waits for them. */
import { DatabaseSync } from 'node:sqlite';
import { addMember, type DigestSum } from '../digest.ts';
import type { Obligations } from '../erasing.ts';
import type { SideRow, Tally } from '../event-log.ts';
import type { DeadSlice } from '../retaining.ts';
import { type DeadSliceInput, readDeadSlice } from './dead-slice.ts';
import { unsettledDiversions, wasGiven } from './diversions.ts';
import { heldBlockSeqs, heldIn, lanesPath, rowOf } from './lanes-file.ts';
import { readObligations } from './obligations.ts';
import type { RawPageBuilder } from './raw-page.ts';
import { blobOf } from './segment-file.ts';
import type { Segments } from './segments.ts';

/** What a lane stored, in one view of the file. */
export interface LaneView {
  readonly cursor: number;
  readonly sums: Readonly<Record<string, Tally>>;
}

/** Rows and bits counted again, in one view of the file. */
export interface Recount extends LaneView {
  readonly retrying: Tally;
  readonly dead: Tally;
  readonly held: Tally;
  /** Highest seq of a gen-0 row or a held bit; 0 when there is none. */
  readonly highest: number;
  /** Gen-0 rows that are held too. */
  readonly overlap: number;
}

export interface Place {
  readonly ordinal: number;
  readonly row: SideRow | null;
  readonly isHeld: boolean;
  /** Another destination gave it. */
  readonly isGiven: boolean;
}

interface Counting {
  count: number;
  readonly digest: DigestSum;
}

const counting = (): Counting => ({ count: 0, digest: { hi: 0, lo: 0 } });

function add(sum: Counting, seq: number, gen: number): void {
  sum.count++;
  addMember(sum.digest, seq, gen);
}

/** Seq and generation, from a statement that returns arrays. */
function pairOf(row: unknown): readonly [number, number] {
  const [seq, gen]: readonly unknown[] = Array.isArray(row) ? row : [];
  return [Number(seq), Number(gen)];
}

function openStatements(db: DatabaseSync) {
  const columns = 'seq, gen, attempt, due_at, class, detail';
  return {
    due: db.prepare(`SELECT ${columns}, domain FROM retrying WHERE ordinal = ? AND due_at <= ? ORDER BY due_at, seq LIMIT ?`),
    next: db.prepare('SELECT min(due_at) AS at FROM retrying WHERE ordinal = ?'),
    dead: db.prepare(`SELECT ${columns} FROM dead WHERE ordinal = ? AND seq > ? ORDER BY seq, gen LIMIT ?`),
    blocks: db.prepare('SELECT block, bits FROM held WHERE ordinal = ? AND block >= ? ORDER BY block LIMIT ?'),
    sums: db.prepare('SELECT state, count, hi, lo FROM ledger WHERE ordinal = ?'),
    lane: db.prepare('SELECT cursor FROM lane WHERE ordinal = ?'),
    keys: {
      retrying: db.prepare('SELECT seq, gen FROM retrying WHERE ordinal = ?'),
      dead: db.prepare('SELECT seq, gen FROM dead WHERE ordinal = ?'),
    },
    rowsAt: {
      retrying: db.prepare('SELECT * FROM retrying WHERE ordinal = ? AND seq = ? ORDER BY gen DESC LIMIT 1'),
      dead: db.prepare('SELECT * FROM dead WHERE ordinal = ? AND seq = ? ORDER BY gen DESC LIMIT 1'),
    },
    rescued: db.prepare('SELECT * FROM rescued WHERE seq = ?'),
  };
}

export class LanesReader {
  readonly #db: DatabaseSync;
  readonly #sql: ReturnType<typeof openStatements>;

  constructor(folder: string) {
    this.#db = new DatabaseSync(lanesPath(folder), { timeout: 5000 });
    this.#db.exec('PRAGMA query_only=ON; PRAGMA cache_size=-2000');
    this.#sql = openStatements(this.#db);
    // A million rows in 0.6 s; as objects they would take two.
    this.#sql.keys.retrying.setReturnArrays(true);
    this.#sql.keys.dead.setReturnArrays(true);
  }

  dueRetries(ordinal: number, atMs: number, limit: number): SideRow[] {
    return this.#sql.due.all(ordinal, atMs, limit).map((row) => rowOf(row, 'retrying'));
  }

  nextRetryAt(ordinal: number): number | null {
    const at = this.#sql.next.get(ordinal)?.at;
    return at === null || at === undefined ? null : Number(at);
  }

  heldSeqs(ordinal: number, after: number, limit: number): number[] {
    const seqs: number[] = [];
    let block = Math.floor((after + 1) / heldBlockSeqs);
    while (seqs.length < limit) {
      const row = this.#sql.blocks.get(ordinal, block, 1);
      if (!row) break;
      for (const seq of heldIn(Number(row.block), blobOf(row.bits))) if (seq > after && seqs.length < limit) seqs.push(seq);
      block = Number(row.block) + 1;
    }
    return seqs;
  }

  deadRows(ordinal: number, afterSeq: number, limit: number): SideRow[] {
    return this.#sql.dead.all(ordinal, afterSeq, limit).map((row) => rowOf(row, 'dead'));
  }

  places(seq: number, ordinals: readonly number[]): Place[] {
    return ordinals.map((ordinal) => {
      const retrying = this.#sql.rowsAt.retrying.get(ordinal, seq);
      const dead = this.#sql.rowsAt.dead.get(ordinal, seq);
      const row = retrying ? rowOf(retrying, 'retrying') : dead ? rowOf(dead, 'dead') : null;
      return { ordinal, row, isHeld: this.heldSeqs(ordinal, seq - 1, 1)[0] === seq, isGiven: wasGiven(this.#db, ordinal, seq) };
    });
  }

  /** Adds rescued events to a page. */
  rescued(page: RawPageBuilder, seqs: readonly number[]): void {
    for (const seq of [...seqs].sort((a, b) => a - b)) {
      const row = this.#sql.rescued.get(seq);
      if (!row) continue;
      const facts = {
        seq,
        receivedAt: Number(row.received_at),
        route: Number(row.route),
        type: Number(row.type),
        element: Number(row.element),
        share: Number(row.share),
        source: String(row.source),
      };
      page.add(facts, blobOf(row.body));
    }
  }

  obligations(ordinal: number, seqs: readonly number[]): Obligations {
    return this.#inOneView(() => readObligations(this.#db, ordinal, seqs));
  }

  deadSlice(segments: Segments, input: DeadSliceInput): DeadSlice {
    return readDeadSlice(this.#db, segments, input);
  }

  unsettledDiversions(ordinal: number): readonly number[] {
    return unsettledDiversions(this.#db, ordinal);
  }

  laneView(ordinal: number): LaneView {
    return this.#inOneView(() => this.#laneNow(ordinal));
  }

  recount(ordinal: number): Recount {
    return this.#inOneView(() => this.#recountNow(ordinal));
  }

  /** What is read in `work` belongs to one commit. */
  #inOneView<T>(work: () => T): T {
    this.#db.exec('BEGIN');
    try {
      return work();
    } finally {
      this.#db.exec('COMMIT');
    }
  }

  #recountNow(ordinal: number): Recount {
    const sums = { retrying: counting(), dead: counting(), held: counting() };
    const held = new Set<number>();
    let highest = 0;
    let overlap = 0;
    for (const row of this.#sql.blocks.iterate(ordinal, 0, -1)) {
      for (const seq of heldIn(Number(row.block), blobOf(row.bits))) {
        add(sums.held, seq, 0);
        held.add(seq);
        highest = Math.max(highest, seq);
      }
    }
    for (const state of ['retrying', 'dead'] as const) {
      for (const row of this.#sql.keys[state].iterate(ordinal)) {
        const [seq, gen] = pairOf(row);
        add(sums[state], seq, gen);
        if (gen > 0) continue;
        highest = Math.max(highest, seq);
        if (held.has(seq)) overlap++;
      }
    }
    return { ...this.#laneNow(ordinal), ...sums, highest, overlap };
  }

  #laneNow(ordinal: number): LaneView {
    const stored = this.#sql.sums.all(ordinal).map((line): [string, Tally] => {
      const digest = { hi: Number(line.hi), lo: Number(line.lo) };
      return [String(line.state), { count: Number(line.count), digest }];
    });
    return { cursor: Number(this.#sql.lane.get(ordinal)?.cursor ?? 0), sums: Object.fromEntries(stored) };
  }

  close(): void {
    this.#db.close();
  }
}
