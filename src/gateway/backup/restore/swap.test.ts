import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { realDisk } from '../disk.ts';
import { openScene, unwrap } from '../testing/scene.ts';
import { finishSwap } from './swap.ts';

describe('the swap', () => {
  /** Fails at the given rename, removal or sync of the swap. */
  it('is finished by the next start wherever it was cut off, and before the decision leaves the old data', {
    timeout: 60_000,
  }, async () => {
    const scene = await openScene();
    await scene.append(5, 'a', 15_000);
    unwrap(await scene.run());
    await scene.append(3, 'later');
    await scene.stop();
    const pristine = join(scene.root, 'pristine');
    cpSync(scene.data, pristine, { recursive: true });
    const seen = { old: 0, finished: 0 };
    for (let cut = 1; cut < 300; cut++) {
      rmSync(scene.data, { recursive: true });
      cpSync(pristine, scene.data, { recursive: true });
      let steps = 0;
      const failing = <Args extends readonly unknown[], T>(work: (...args: Args) => T) => {
        return (...args: Args): T => {
          if (++steps === cut) throw Object.assign(new Error('killed'), { code: 'EIO' });
          return work(...args);
        };
      };
      const disk = {
        ...realDisk,
        rename: failing(realDisk.rename),
        remove: failing(realDisk.remove),
        sync: failing(realDisk.sync),
        syncFolder: failing(realDisk.syncFolder),
        write: failing(realDisk.write),
      };
      const outcome = await scene.restore({ disk });
      const finished = finishSwap(scene.data);
      await scene.start();
      const isOld = scene.log.head() === 8;
      expect(scene.log.head()).toBe(isOld ? 8 : 5);
      expect(scene.store.lineage()).toHaveLength(isOld ? 1 : 2);
      for (const id of ['hook', 'mail']) expect((await scene.log.ledger(id)).violations).toEqual([]);
      await scene.stop();
      expect(existsSync(join(scene.data, 'restoring'))).toBe(false);
      if (!outcome.ok) expect(outcome.error).toMatchObject({ code: 'RESTORE_FAILED', details: { cause: 'a disk fails' } });
      if (isOld) seen.old++;
      if (finished) seen.finished++;
      if (outcome.ok) {
        expect(steps).toBeLessThan(cut);
        break;
      }
    }
    expect(seen.old).toBeGreaterThan(5);
    expect(seen.finished).toBeGreaterThan(3);
    await scene.remove();
  });
});
