import { describe, expect, it } from 'vitest';
import type { LogView } from '../backing-up.ts';
import { appendMany } from '../testing/requests.ts';
import { gate } from '../testing/wrapped.ts';
import type { Bench } from './bench.ts';

const nothing = async () => {};

export function describeBackingUp(bench: Bench): void {
  describe('a view for a backup', () => {
    it('ends at what was accepted before, and ingest and settling go on', async () => {
      await appendMany(bench.log, bench.toA, 3);
      const copying = gate();
      const taken = bench.log.takeView(() => copying.opened);
      await appendMany(bench.log, bench.toA, 2, 'meanwhile');
      await bench.settle({ cursor: 1, terminal: { confirmed: [1] } });
      copying.open();
      const view = await taken;
      expect(view.head).toBe(5);
      expect(view.incarnation).toBe(bench.log.incarnation);
      await appendMany(bench.log, bench.toA, 2, 'after');
      expect(bench.log.head()).toBe(7);
      expect(view.head).toBe(5);
      view.release();
      expect(await bench.ledger()).toMatchObject({ total: 7, waiting: 6, violations: [] });
    });

    it('shows no destination half born or half ended', async () => {
      const order: string[] = [];
      const [begun, copying] = [gate(), gate()];
      const taken = bench.log.takeView(async () => {
        order.push('copying');
        begun.open();
        await copying.opened;
        order.push('copied');
      });
      await begun.opened;
      const born = bench.log.register('late').then(() => order.push('born'));
      const ended = bench.log.retire('b').then(() => order.push('ended'));
      copying.open();
      (await taken).release();
      await Promise.all([born, ended]);
      expect(order).toEqual(['copying', 'copied', 'born', 'ended']);
    });

    it('puts truncation off until it is released', async () => {
      await bench.log.retire('b');
      for (let i = 0; i < 3; i++) {
        await appendMany(bench.log, bench.toA, 1, `m${i}-`);
        (await bench.log.takeView(nothing)).release();
      }
      await bench.settle({ cursor: 3, terminal: { confirmed: [1, 2, 3] } });
      bench.tick(3_600_000 * 48);
      const view = await bench.log.takeView(nothing);
      const other = await bench.log.takeView(nothing);
      expect(await bench.log.truncate(0)).toBe(0);
      other.release();
      other.release();
      expect(await bench.log.truncate(0)).toBe(0);
      view.release();
      expect(await bench.log.truncate(0)).toBeGreaterThan(0);
    });

    it('fails as the copying does, and leaves nothing held', async () => {
      const failing: Promise<LogView> = bench.log.takeView(async () => {
        throw new Error('the disk is gone');
      });
      await expect(failing).rejects.toThrow('the disk is gone');
      await appendMany(bench.log, bench.toA, 1);
      expect(await bench.log.register('late')).toBeGreaterThan(1);
      (await bench.log.takeView(nothing)).release();
    });

    it('may be taken of an empty log, and twice without an event between', async () => {
      for (let i = 0; i < 2; i++) {
        const view = await bench.log.takeView(nothing);
        expect(view).toMatchObject({ head: 0, sealed: [] });
        view.release();
      }
      await appendMany(bench.log, bench.toA, 2);
      const heads = [];
      for (let i = 0; i < 2; i++) {
        const view = await bench.log.takeView(nothing);
        heads.push(view.head);
        view.release();
      }
      expect(heads).toEqual([2, 2]);
      expect(await appendMany(bench.log, bench.toA, 1, 'next')).toEqual([3]);
    });
  });
}
