import type { DatabaseSync } from 'node:sqlite';
import { heldBlockBytes, heldBlockSeqs } from './lanes-file.ts';
import { blobOf } from './segment-file.ts';

function change(bits: Uint8Array, seq: number, to: (byte: number, mask: number) => number): void {
  const at = (seq % heldBlockSeqs) >>> 3;
  bits[at] = to(bits[at] as number, 1 << (seq & 7));
}

/** Held events as bits: one row for 4,096 seqs, 0.18 bytes an event where whole ranges are held. */
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
    has(ordinal: number, seq: number): boolean {
      const bits = read(ordinal, Math.floor(seq / heldBlockSeqs));
      const at = seq % heldBlockSeqs;
      return bits !== null && (((bits[at >>> 3] as number) >>> (at & 7)) & 1) === 1;
    },
    apply(ordinal: number, clear: readonly number[], set: readonly number[]): void {
      const blocks = new Map<number, Uint8Array>();
      const blockOf = (seq: number): Uint8Array => {
        const block = Math.floor(seq / heldBlockSeqs);
        const bits = blocks.get(block) ?? read(ordinal, block) ?? new Uint8Array(heldBlockBytes);
        blocks.set(block, bits);
        return bits;
      };
      for (const seq of clear) change(blockOf(seq), seq, (byte, mask) => byte & ~mask);
      for (const seq of set) change(blockOf(seq), seq, (byte, mask) => byte | mask);
      for (const [block, bits] of blocks) {
        if (bits.every((byte) => byte === 0)) remove.run(ordinal, block);
        else put.run(ordinal, block, bits);
      }
    },
    removeAll(ordinal: number): void {
      removeAll.run(ordinal);
    },
  };
}
