import type { DatabaseSync } from 'node:sqlite';
import { changeBits, hasBit } from './bit-blocks.ts';
import { heldBlockSeqs } from './lanes-file.ts';
import { blobOf } from './segment-file.ts';

/** Held events as bits. */
export function createHeldBlocks(db: DatabaseSync) {
  const get = db.prepare('SELECT bits FROM held WHERE ordinal = ? AND block = ?');
  const put = db.prepare('INSERT INTO held (ordinal, block, bits) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET bits = excluded.bits');
  const remove = db.prepare('DELETE FROM held WHERE ordinal = ? AND block = ?');
  const removeAll = db.prepare('DELETE FROM held WHERE ordinal = ?');

  function read(ordinal: number, block: number): Uint8Array | null {
    const row = get.get(ordinal, block);
    return row ? blobOf(row.bits) : null;
  }

  return {
    has: (ordinal: number, seq: number): boolean => hasBit(read(ordinal, Math.floor(seq / heldBlockSeqs)), seq),
    apply(ordinal: number, clear: readonly number[], set: readonly number[]): void {
      const rows = {
        read: (block: number) => read(ordinal, block),
        put: (block: number, bits: Uint8Array) => void put.run(ordinal, block, bits),
        remove: (block: number) => void remove.run(ordinal, block),
      };
      changeBits(rows, clear, set);
    },
    removeAll(ordinal: number): void {
      removeAll.run(ordinal);
    },
  };
}
