import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDigest, addMember, emptyDigest, mix64, sameDigest, subtractDigest } from './digest.ts';

const member = fc.record({ seq: fc.nat({ max: Number.MAX_SAFE_INTEGER }), gen: fc.nat({ max: 5 }) });

describe('digests', () => {
  it('do not depend on the order in which members came and went', () => {
    fc.assert(
      fc.property(fc.array(member), fc.array(member), (stay, leave) => {
        let sum = emptyDigest;
        for (const { seq, gen } of [...leave, ...stay]) sum = addDigest(sum, mix64(seq, gen));
        for (const { seq, gen } of leave) sum = subtractDigest(sum, mix64(seq, gen));
        const alone = { hi: 0, lo: 0 };
        for (const { seq, gen } of [...stay].reverse()) addMember(alone, seq, gen);
        expect(sameDigest(sum, alone)).toBe(true);
      }),
    );
  });

  it('tell neighbours and generations apart', () => {
    const seen = new Set<string>();
    for (let seq = 1; seq <= 50_000; seq++) for (const gen of [0, 1]) seen.add(`${mix64(seq, gen).hi}/${mix64(seq, gen).lo}`);
    expect(seen.size).toBe(100_000);
  });
});
