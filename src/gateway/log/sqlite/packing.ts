/**
 * Bodies of a chunk are stored packed with zstd where that makes them smaller. Events are JSON that repeats itself: a
 * chunk takes a ninth of its size at about half a microsecond an event, which is less than writing the rest twice
 * (WAL and file) would cost. What is not packed begins with JSON, which no zstd frame does, so a chunk tells by itself.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** Below this a frame's own cost eats the gain. */
const minPackBytes = 2048;
/** A group is bounded by 1 MB and one request; anything beyond this is a damaged frame. */
const maxUnpackedBytes = 64 * 1024 * 1024;
const zstdMagic = 0xfd2fb528;
const options = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** The bytes to store for a chunk's bodies. */
export function pack(bodies: Uint8Array): Uint8Array {
  if (bodies.length < minPackBytes) return bodies;
  const packed = zstdCompressSync(bodies, options);
  return packed.length < bodies.length ? packed : bodies;
}

export function isPacked(stored: Uint8Array): boolean {
  return stored.length >= 4 && new DataView(stored.buffer, stored.byteOffset).getUint32(0, true) === zstdMagic;
}

/** The bodies of a chunk again. Throws RangeError where a frame holds more than any chunk can. */
export function unpack(stored: Uint8Array): Uint8Array {
  if (!isPacked(stored)) return stored;
  return zstdDecompressSync(stored, { maxOutputLength: maxUnpackedBytes });
}
