import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pack, unpack } from './packing.ts';

const jsonOf = (count: number) =>
  Buffer.from(JSON.stringify(Array.from({ length: count }, (_, index) => ({ event: 'Order Completed', index }))));

describe('packing the bodies of a chunk', () => {
  it('gives back what was packed, whatever it was', () => {
    fc.assert(
      fc.property(fc.json(), fc.integer({ min: 0, max: 400 }), (json, repeats) => {
        const bodies = Buffer.from(json.repeat(repeats));
        expect(Buffer.from(unpack(pack(bodies))).equals(bodies)).toBe(true);
      }),
    );
  });

  it('makes many events much smaller', () => {
    const bodies = jsonOf(1000);
    expect(pack(bodies).length * 5).toBeLessThan(bodies.length);
  });

  it('leaves alone what is short, as segments of version 1 have everything', () => {
    const bodies = jsonOf(3);
    expect(pack(bodies)).toBe(bodies);
    expect(unpack(jsonOf(1000)).length).toBe(jsonOf(1000).length);
  });
});
