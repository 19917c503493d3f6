/**
 * Stores the changed bodies of a chunk in exactly as many bytes as they took before: only then does SQLite write a row over
 * itself, in the very pages that held it. Else it moves neighbours about, and leaves copies of rows where no page is freed,
 * which secure_delete does not see.
 */
import { constants, crc32, zstdCompressSync } from 'node:zlib';
import { isPacked } from './packing.ts';

export interface Repacked {
  readonly data: Uint8Array;
  readonly crc: number;
}

/** Begins a frame that decoders of zstd pass over. */
const passedOver = 0x184d2a50;
const padHead = 8;
/** How chunks are packed, and where that takes more room than before, tighter. */
const levels = [1, 19, 9, 5, 3];
/** What stands in blanked text, so that a checksum may be chosen by it. */
const blanks = [0x20, 0x09, 0x0a, 0x0d];
/** White space from which a checksum can be chosen, bytes. */
export const roomyBlank = 8;

/** The old row. */
export interface Stored {
  readonly data: Uint8Array;
  readonly crc: number;
}

/**
 * @param blankEnd where white space of `roomyBlank` bytes ends in `bodies`; null: there is none
 * @returns as large as what was stored; where that cannot be, larger or smaller
 */
export function repack(bodies: Uint8Array, { data: stored, crc: storedCrc }: Stored, blankEnd: number | null): Repacked {
  if (!isPacked(stored)) return withCrcLike(Uint8Array.from(bodies), blankEnd, storedCrc);
  let packed: Uint8Array = bodies;
  for (const level of levels) {
    packed = zstdCompressSync(bodies, { params: { [constants.ZSTD_c_compressionLevel]: level } });
    const room = stored.length - packed.length;
    if (room === 0 && widthOf(crc32(packed)) === widthOf(storedCrc)) return { data: packed, crc: crc32(packed) };
    if (room >= padHead + roomyBlank) return withCrcLike(padded(packed, stored.length), stored.length, storedCrc);
  }
  return { data: packed, crc: crc32(packed) };
}

function padded(packed: Uint8Array, length: number): Uint8Array {
  const data = new Uint8Array(length).fill(blanks[0] ?? 0);
  data.set(packed);
  const view = new DataView(data.buffer);
  view.setUint32(packed.length, passedOver, true);
  view.setUint32(packed.length + 4, length - packed.length - padHead, true);
  return data;
}

/** SQLite stores small numbers in fewer bytes, so the checksum must be as wide as the one before. */
function withCrcLike(data: Uint8Array, blankEnd: number | null, crc: number): Repacked {
  if (blankEnd === null) return { data, crc: crc32(data) };
  const start = blankEnd - roomyBlank;
  const before = crc32(data.subarray(0, start));
  const rest = data.subarray(start);
  for (let n = 0; n < blanks.length ** roomyBlank; n++) {
    const found = crc32(rest, before);
    if (widthOf(found) === widthOf(crc)) return { data, crc: found };
    for (let i = 0, left = n + 1; i < roomyBlank; i++, left = Math.floor(left / blanks.length)) rest[i] = blanks[left % blanks.length] ?? 0;
  }
  return { data, crc: crc32(data) };
}

function widthOf(value: number): number {
  return [0x80, 0x8000, 0x80_0000, 0x8000_0000].filter((limit) => value >= limit).length;
}
