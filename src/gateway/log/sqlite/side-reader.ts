/** Reads of dead letters, replays and marks, in slices that keep no other read waiting for long. */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { SideRow } from '../event-log.ts';
import type { DeadFilter, DeadFound, OpenEdit } from '../replaying.ts';
import { heldBlockSeqs, heldIn, lanesPath, rowOf } from './lanes-file.ts';
import { marksAt } from './marks.ts';
import { blobOf } from './segment-file.ts';
import { editOf } from './side-desk.ts';

/** Rows that one call looks at; ten milliseconds or so. */
const sliceRows = 20_000;

export interface SearchDeadInput {
  readonly ordinal: number;
  readonly filter: DeadFilter;
  readonly order: 'oldest' | 'newest';
  readonly from: number;
  readonly limit: number;
}

export interface CountDeadSlice {
  readonly groups: readonly { readonly class: string; readonly name: string; readonly rows: number }[];
  readonly through: number;
  readonly isOver: boolean;
}

export interface SidesInRange {
  readonly retrying: number;
  readonly dead: number;
  readonly held: number;
}

/** What is written down of one seq. */
export interface LifeRows {
  readonly marks: readonly number[];
  /** Ids of the replays among the marks. */
  readonly replays: readonly { readonly id: string; readonly gen: number }[];
  readonly child: string | null;
  /** How events ended is known above this seq. */
  readonly markedAbove: number;
}

interface Condition {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

/** `orUnnamed`: rows whose name is not known fit every name. */
function conditionOf(filter: DeadFilter, orUnnamed: boolean): Condition {
  const parts: [string, SQLInputValue | undefined][] = [
    ['class = ?', filter.class],
    [orUnnamed ? '(name = ? OR name IS NULL)' : 'name = ?', filter.name],
    ['due_at >= ?', filter.fromMs],
    ['due_at < ?', filter.toMs],
    ['instr(lower(detail), ?) > 0', filter.text?.toLowerCase()],
  ];
  const given = parts.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql: ` AND ${sql}`, value }]));
  return { sql: given.map(({ sql }) => sql).join(''), values: given.map(({ value }) => value) };
}

export class SideReader {
  readonly #db: DatabaseSync;

  constructor(folder: string) {
    this.#db = new DatabaseSync(lanesPath(folder), { timeout: 5000 });
    this.#db.exec('PRAGMA query_only=ON; PRAGMA cache_size=-2000');
  }

  /** The last seq of a slice that begins beyond `from`; null where the rest is no more than a slice. */
  #end(ordinal: number, from: number, order: 'oldest' | 'newest'): number | null {
    const [beyond, way] = order === 'oldest' ? ['>', 'ASC'] : ['<', 'DESC'];
    const row = this.#db
      .prepare(`SELECT seq FROM dead WHERE ordinal = ? AND seq ${beyond} ? ORDER BY seq ${way} LIMIT 1 OFFSET ?`)
      .get(ordinal, from, sliceRows - 1);
    return row ? Number(row.seq) : null;
  }

  search({ ordinal, filter, order, from, limit }: SearchDeadInput): DeadFound {
    const end = this.#end(ordinal, from, order);
    const condition = conditionOf(filter, true);
    const isUp = order === 'oldest';
    const last = end ?? (isUp ? Number.MAX_SAFE_INTEGER : 0);
    const range = isUp ? 'seq > ? AND seq <= ?' : 'seq < ? AND seq >= ?';
    const rows: SideRow[] = this.#db
      .prepare(`SELECT * FROM dead WHERE ordinal = ? AND ${range}${condition.sql} ORDER BY seq ${isUp ? 'ASC' : 'DESC'} LIMIT ?`)
      .all(ordinal, from, last, ...condition.values, limit)
      .map((row) => rowOf(row, 'dead'));
    if (rows.length === limit) return { rows, through: rows.at(-1)?.seq ?? from, isOver: false };
    return { rows, through: last, isOver: end === null };
  }

  count({ ordinal, filter, from }: { readonly ordinal: number; readonly filter: DeadFilter; readonly from: number }): CountDeadSlice {
    const end = this.#end(ordinal, from, 'oldest');
    const condition = conditionOf(filter, false);
    const groups = this.#db
      .prepare(
        `SELECT class, coalesce(name, '') AS name, count(*) AS rows FROM dead WHERE ordinal = ? AND seq > ? AND seq <= ?${condition.sql} GROUP BY class, name`,
      )
      .all(ordinal, from, end ?? Number.MAX_SAFE_INTEGER, ...condition.values)
      .map((row) => ({ class: String(row.class), name: String(row.name), rows: Number(row.rows) }));
    return { groups, through: end ?? from, isOver: end === null };
  }

  inRange(ordinal: number, after: number, through: number): SidesInRange {
    const count = (table: 'retrying' | 'dead') =>
      Number(
        this.#db.prepare(`SELECT count(*) AS rows FROM ${table} WHERE ordinal = ? AND seq > ? AND seq <= ?`).get(ordinal, after, through)
          ?.rows,
      );
    let held = 0;
    const blocks = this.#db.prepare('SELECT block, bits FROM held WHERE ordinal = ? AND block BETWEEN ? AND ?');
    for (const row of blocks.iterate(ordinal, Math.floor((after + 1) / heldBlockSeqs), Math.floor(through / heldBlockSeqs)))
      for (const seq of heldIn(Number(row.block), blobOf(row.bits))) if (seq > after && seq <= through) held++;
    return { retrying: count('retrying'), dead: count('dead'), held };
  }

  life(ordinal: number, seq: number): LifeRows {
    const marks = marksAt(this.#db, ordinal, seq);
    const replay = this.#db.prepare('SELECT id FROM replay WHERE ordinal = ? AND gen = ?');
    const replays = marks
      .filter((mark) => mark > 0)
      .flatMap((gen) => {
        const row = replay.get(ordinal, gen);
        return row ? [{ id: String(row.id), gen }] : [];
      });
    const edit = this.#db
      .prepare('SELECT child FROM edit WHERE ordinal = ? AND seq = ? AND is_done = 1 ORDER BY gen DESC')
      .get(ordinal, seq);
    const marked = this.#db.prepare('SELECT value FROM meta WHERE key = ?').get(`marked/${ordinal}`);
    return { marks, replays, child: edit ? String(edit.child) : null, markedAbove: Number(marked?.value ?? 0) };
  }

  openEdits(ordinal: number): readonly OpenEdit[] {
    return this.#db.prepare('SELECT seq, gen, child FROM edit WHERE ordinal = ? AND is_done = 0 ORDER BY seq').all(ordinal).map(editOf);
  }

  close(): void {
    this.#db.close();
  }
}
