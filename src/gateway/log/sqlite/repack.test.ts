import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pack, unpack } from './packing.ts';
import { repack } from './repack.ts';

/** As SQLite stores a number. */
const widthOf = (value: number) => [0x80, 0x8000, 0x80_0000, 0x8000_0000].filter((limit) => value >= limit).length;
const idOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32);
const eventOf = (index: number) =>
  JSON.stringify({ type: 'track', messageId: idOf(`m${index}`), userId: idOf(`u${index}`), event: 'Order', properties: { index } });

function blanked(bodies: Buffer, from: number, length: number): Buffer {
  const changed = Buffer.from(bodies);
  changed.fill(0x20, from, from + length);
  return changed;
}

describe('the changed bodies of a chunk', () => {
  it('take exactly the bytes of the old ones, checksum included, and say the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), (count, which) => {
        const events = Array.from({ length: count }, (_, index) => eventOf(index));
        const bodies = Buffer.from(events.join(''));
        const stored = pack(bodies);
        const position = which % count;
        const from = events.slice(0, position).join('').length;
        const length = events[position]?.length ?? 0;
        const changed = blanked(bodies, from, length);
        const { data, crc } = repack(changed, { data: stored, crc: crc32(stored) }, from + length);
        expect(data.length).toBe(stored.length);
        expect(crc).toBe(crc32(data));
        expect(widthOf(crc)).toBe(widthOf(crc32(stored)));
        expect(Buffer.from(unpack(data)).toString('latin1').replace(/\s/g, '')).toBe(changed.toString('latin1').replace(/\s/g, ''));
      }),
      { numRuns: 300 },
    );
  });

  it('may be changed again', () => {
    const bodies = Buffer.from(Array.from({ length: 100 }, (_, index) => eventOf(index)).join(''));
    const first = pack(bodies);
    const second = repack(blanked(bodies, 0, 50), { data: first, crc: crc32(first) }, 50);
    const third = repack(blanked(bodies, 0, 200), second, 200);
    expect(third.data.length).toBe(first.length);
    expect(Buffer.from(unpack(third.data)).equals(blanked(bodies, 0, 200))).toBe(true);
  });

  it('are stored as they are where there is no room to choose a checksum by', () => {
    const bodies = Buffer.from(eventOf(1));
    expect(repack(bodies, { data: bodies, crc: 5 }, null)).toEqual({ data: Uint8Array.from(bodies), crc: crc32(bodies) });
  });
});
