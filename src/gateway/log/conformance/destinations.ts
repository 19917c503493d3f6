import { describe, expect, it } from 'vitest';
import { appended, appendMany, deltaOf, sideRow, singleRequest } from '../testing/requests.ts';
import { type Bench, startOfTime } from './bench.ts';

export function describeDestinations(bench: Bench): void {
  describe('destinations', () => {
    it('are born at the head and keep their ordinal', async () => {
      await appendMany(bench.log, bench.toA, 5);
      const ordinal = await bench.log.register('late');
      expect(await bench.log.register('late')).toBe(ordinal);
      expect(await bench.log.open('late')).toMatchObject({ cursor: 5, epoch: 1 });
      expect(await bench.log.ledger('late')).toMatchObject({ total: 0, filtered: 0, waiting: 0, violations: [] });
    });

    it('drop all their obligations when retired, and are born anew under another ordinal', async () => {
      const first = await bench.log.register('a');
      await appendMany(bench.log, bench.toA, 6);
      await bench.settle({ cursor: 4, put: [sideRow(1, 'retrying'), sideRow(2, 'dead')], hold: [3], terminal: { confirmed: [4] } });
      await bench.log.retire('a');
      expect(await bench.ledger()).toMatchObject({
        total: 6,
        waiting: 0,
        held: 0,
        retrying: 0,
        dead: 0,
        terminal: { confirmed: 1, dropped: 5 },
        violations: [],
      });
      await appendMany(bench.log, bench.toBoth, 2, 'after');
      expect(await bench.ledger()).toMatchObject({ total: 6, head: 6, violations: [] });
      expect(await bench.log.register('a')).toBeGreaterThan(first);
      expect(await bench.ledger()).toMatchObject({ total: 0, waiting: 0, violations: [] });
      expect(await bench.log.ledger('b')).toMatchObject({ total: 8, waiting: 2, filtered: 6, violations: [] });
    });

    it('refuse a settle of the owner before', async () => {
      await appendMany(bench.log, bench.toA, 2);
      const { epoch: newer } = await bench.log.open('a');
      await expect(bench.settle({ cursor: 1, terminal: { confirmed: [1] } })).rejects.toMatchObject({ name: 'StaleEpoch' });
      await bench.log.settle(deltaOf('a', newer, { cursor: 1, terminal: { confirmed: [1] } }));
      expect(await bench.log.open('a')).toMatchObject({ cursor: 1, epoch: newer + 1 });
    });
  });

  describe('backlog', () => {
    it('is what waits above the cursor', async () => {
      expect(bench.log.backlog('a')).toEqual({ events: 0, bytes: 0, oldestAt: null });
      const first = singleRequest(bench.log, 'm1', { route: bench.toA });
      bench.tick(1000);
      const second = singleRequest(bench.log, 'm2', { route: bench.toA });
      await appended(bench.log, first);
      await appended(bench.log, singleRequest(bench.log, 'other', { route: bench.toNone }));
      await appended(bench.log, second);
      expect(bench.log.backlog('a')).toEqual({ events: 2, bytes: first.body.length + second.body.length, oldestAt: startOfTime });
      expect(bench.log.backlog('b')).toEqual({ events: 0, bytes: 0, oldestAt: null });
      await bench.settle({ cursor: 1, put: [sideRow(1, 'retrying')] });
      expect(bench.log.backlog('a')).toEqual({ events: 1, bytes: second.body.length, oldestAt: startOfTime + 1000 });
      await bench.settle({ cursor: 3, terminal: { confirmed: [3] } });
      expect(bench.log.backlog('a')).toEqual({ events: 0, bytes: 0, oldestAt: null });
    });
  });
}
