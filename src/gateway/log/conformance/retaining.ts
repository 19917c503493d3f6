import { describe, expect, it } from 'vitest';
import { appendMany, sideRow } from '../testing/requests.ts';
import type { Bench } from './bench.ts';

export function describeRetaining(bench: Bench): void {
  describe('what is kept', () => {
    it('is nothing at first', async () => {
      expect(await bench.log.kept()).toEqual({ oldestAt: null, parts: [] });
    });

    it('begins with the oldest event', async () => {
      const at = bench.log.now();
      await appendMany(bench.log, bench.toA, 3);
      bench.tick(60_000);
      await appendMany(bench.log, bench.toA, 2, 'later');
      const { oldestAt, parts } = await bench.log.kept();
      expect(oldestAt).toBe(at);
      expect(parts.reduce((sum, { events }) => sum + events, 0)).toBe(5);
      expect(parts.at(-1)?.isPassed).toBe(false);
    });

    it('tells the dead letters of a destination by age and size', async () => {
      const seqs = await appendMany(bench.log, bench.toA, 6);
      await bench.settle({ cursor: 6, put: seqs.map((seq) => sideRow(seq, 'dead', seq * 100)) });
      await bench.settle({ cursor: 6, put: [{ ...sideRow(2, 'dead', 900), gen: 1 }] });
      const slice = await bench.log.deadSlice('a', 1, 450);
      const bytes = (await bench.log.readSeqs('a', [2, 3, 4, 5, 6])).reduce((sum, record) => sum + record.bytes, 0);
      expect(slice).toEqual({
        rows: 6,
        bytes,
        oldestAt: 200,
        old: [2, 3, 4].map((seq) => ({ seq, gen: 0 })),
        through: 6,
        isOver: true,
      });
      expect(await bench.log.deadSlice('b', 0, 450)).toMatchObject({ rows: 0, bytes: 0, oldestAt: null, old: [], isOver: true });
    });

    it('goes only as far as the bytes that may stay', async () => {
      await appendMany(bench.log, bench.toNone, 3);
      bench.tick(3_600_000);
      expect(await bench.log.truncate(1000, Number.MAX_SAFE_INTEGER)).toBe(0);
    });
  });
}
