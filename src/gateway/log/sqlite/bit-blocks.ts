/** Sets of seqs as bits: one row for 4,096 seqs, 0.18 bytes a seq where whole ranges are in it. */
import { heldBlockBytes, heldBlockSeqs } from './lanes-file.ts';

/** Where the blocks of one set are kept. */
export interface BlockRows {
  read(block: number): Uint8Array | null;
  put(block: number, bits: Uint8Array): void;
  remove(block: number): void;
}

function change(bits: Uint8Array, seq: number, to: (byte: number, mask: number) => number): void {
  const at = (seq % heldBlockSeqs) >>> 3;
  bits[at] = to(bits[at] as number, 1 << (seq & 7));
}

export function hasBit(bits: Uint8Array | null, seq: number): boolean {
  return bits !== null && (((bits[(seq % heldBlockSeqs) >>> 3] as number) >>> (seq & 7)) & 1) === 1;
}

/** Takes seqs out of a set and puts others in. A block that becomes empty goes. */
export function changeBits(rows: BlockRows, clear: readonly number[], set: readonly number[]): void {
  const blocks = new Map<number, Uint8Array>();
  const blockOf = (seq: number): Uint8Array => {
    const block = Math.floor(seq / heldBlockSeqs);
    const bits = blocks.get(block) ?? rows.read(block) ?? new Uint8Array(heldBlockBytes);
    blocks.set(block, bits);
    return bits;
  };
  for (const seq of clear) change(blockOf(seq), seq, (byte, mask) => byte & ~mask);
  for (const seq of set) change(blockOf(seq), seq, (byte, mask) => byte | mask);
  for (const [block, bits] of blocks) {
    if (bits.every((byte) => byte === 0)) rows.remove(block);
    else rows.put(block, bits);
  }
}
