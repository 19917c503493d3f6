/** Which events a lane was given by others, and which it gave away and has not settled yet, as bits. */
import type { DatabaseSync } from 'node:sqlite';
import { divertedRow, planDiversion } from '../diverting.ts';
import type { SideRow } from '../event-log.ts';
import { type BlockRows, changeBits, hasBit } from './bit-blocks.ts';
import { heldBlockSeqs, heldIn } from './lanes-file.ts';
import { blobOf } from './segment-file.ts';

/** Events of another lane for this one. */
export interface DiversionInput {
  /** Ordinal and epoch of the lane that gives them. */
  readonly origin: number;
  readonly epoch: number;
  readonly events: readonly { readonly seq: number; readonly isRoutedHere: boolean; readonly isRoutedThere: boolean }[];
  readonly dueAt: number;
}

/** Written to files: never changed. */
const sides = { given: 0, away: 1 } as const;
type Side = keyof typeof sides;

interface DivertingLane {
  readonly ordinal: number;
  readonly destination: string;
  readonly cursor: number;
}

export interface Diversions {
  /** Marks events at both lanes, and returns the rows that are new at the target. Throws SettleRefused where one is not owed. */
  give(origin: DivertingLane, target: DivertingLane, diversion: DiversionInput, head: number): readonly SideRow[];
  has(ordinal: number, side: Side, seq: number): boolean;
  /** What was given away is settled as diverted. */
  settled(ordinal: number, seqs: readonly number[]): void;
  /** Forgets what was given of whole blocks below a seq. What was given away is kept: it is settled first. */
  truncate(belowSeq: number): void;
  removeAll(ordinal: number): void;
}

export function createDiversions(db: DatabaseSync, isHeld: (ordinal: number, seq: number) => boolean): Diversions {
  const get = db.prepare('SELECT bits FROM diversion WHERE ordinal = ? AND side = ? AND block = ?');
  const put = db.prepare(
    'INSERT INTO diversion (ordinal, side, block, bits) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET bits = excluded.bits',
  );
  const remove = db.prepare('DELETE FROM diversion WHERE ordinal = ? AND side = ? AND block = ?');
  const truncate = db.prepare(`DELETE FROM diversion WHERE side = ${sides.given} AND block < ?`);
  const removeAll = db.prepare('DELETE FROM diversion WHERE ordinal = ?');
  const retrying = db.prepare('SELECT 1 FROM retrying WHERE ordinal = ? AND seq = ?');
  const dead = db.prepare('SELECT 1 FROM dead WHERE ordinal = ? AND seq = ?');

  function rowsOf(ordinal: number, side: Side): BlockRows {
    return {
      read(block) {
        const row = get.get(ordinal, sides[side], block);
        return row ? blobOf(row.bits) : null;
      },
      put: (block, bits) => void put.run(ordinal, sides[side], block, bits),
      remove: (block) => void remove.run(ordinal, sides[side], block),
    };
  }

  const has = (ordinal: number, side: Side, seq: number) => hasBit(rowsOf(ordinal, side).read(Math.floor(seq / heldBlockSeqs)), seq);
  const isDead = (ordinal: number, seq: number) => dead.get(ordinal, seq) !== undefined;
  const isAside = (ordinal: number, seq: number) => isHeld(ordinal, seq) || retrying.get(ordinal, seq) !== undefined;

  return {
    has,
    give(origin, target, { events, dueAt }, head) {
      const { away, given } = planDiversion(
        origin.destination,
        events.map(({ seq, isRoutedHere, isRoutedThere }) => ({
          seq,
          isOwed: (seq > origin.cursor && seq <= head && isRoutedHere) || isAside(origin.ordinal, seq),
          isThere: isRoutedThere || has(target.ordinal, 'given', seq) || isAside(target.ordinal, seq) || isDead(target.ordinal, seq),
          isGivenAway: has(origin.ordinal, 'away', seq),
        })),
      );
      changeBits(rowsOf(origin.ordinal, 'away'), [], away);
      changeBits(rowsOf(target.ordinal, 'given'), [], given);
      return given.map((seq) => divertedRow(seq, dueAt));
    },
    settled(ordinal, seqs) {
      if (seqs.length > 0) changeBits(rowsOf(ordinal, 'away'), seqs, []);
    },
    truncate: (belowSeq) => void truncate.run(Math.floor(belowSeq / heldBlockSeqs)),
    removeAll: (ordinal) => void removeAll.run(ordinal),
  };
}

/** Seqs that a lane gave away and has not settled, ascending. */
export function unsettledDiversions(db: DatabaseSync, ordinal: number): number[] {
  const rows = db.prepare(`SELECT block, bits FROM diversion WHERE ordinal = ? AND side = ${sides.away} ORDER BY block`);
  return rows.all(ordinal).flatMap((row) => [...heldIn(Number(row.block), blobOf(row.bits))]);
}

/** Whether a lane was given a seq by another. */
export function wasGiven(db: DatabaseSync, ordinal: number, seq: number): boolean {
  const row = db
    .prepare(`SELECT bits FROM diversion WHERE ordinal = ? AND side = ${sides.given} AND block = ?`)
    .get(ordinal, Math.floor(seq / heldBlockSeqs));
  return row !== undefined && hasBit(blobOf(row.bits), seq);
}
