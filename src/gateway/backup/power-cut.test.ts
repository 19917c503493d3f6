import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { complete, findBackups } from './backup-folder.ts';
import { checkBackup } from './check-backup.ts';
import { createForgetfulDisk } from './testing/forgetful-disk.ts';
import { openScene, type Scene, unwrap } from './testing/scene.ts';

describe('a power cut in a backup', () => {
  let scene: Scene;
  let ruins: string;
  beforeEach(async () => {
    scene = await openScene();
    ruins = mkdtempSync(join(tmpdir(), 'sluice-ruins-'));
    for (let i = 0; i < 3; i++) await scene.append(1, `a${i}-`, 30_000);
    mkdirSync(scene.target);
    unwrap(await scene.run());
    await scene.append(1, 'b', 30_000);
  });
  afterEach(async () => {
    await scene.remove();
    rmSync(ruins, { recursive: true, force: true });
  });

  async function soundAfter(step: number): Promise<{ readonly sound: number; readonly whole: number; readonly steps: number }> {
    const disk = createForgetfulDisk(scene.target);
    disk.cutAt(step);
    // What the process would still do after the cut is not done.
    scene.disk = disk;
    await scene.run();
    const left = join(ruins, String(step));
    disk.survivors(scene.target, left);
    const whole = complete(unwrap(findBackups(left)));
    const checks = await Promise.all(
      whole.map((backup) => checkBackup(backup, { workspace: join(ruins, `work-${step}-${backup.id}`), now: () => 0, report: () => {} })),
    );
    return { sound: checks.filter(({ ok }) => ok).length, whole: whole.length, steps: disk.steps };
  }

  it('leaves every earlier backup sound, and the one under way sound or without a manifest, wherever it comes', {
    timeout: 120_000,
  }, async () => {
    let step = 1;
    for (; step < 200; step++) {
      const { sound, whole, steps } = await soundAfter(step);
      expect(whole, `cut at step ${step}`).toBeGreaterThanOrEqual(1);
      expect(sound, `cut at step ${step}`).toBe(whole);
      // Nothing was cut any more: the new one is durable, too.
      if (steps < step) {
        expect(whole).toBe(complete(unwrap(findBackups(scene.target))).length);
        break;
      }
    }
    expect(step).toBeGreaterThan(15);
    expect(step).toBeLessThan(200);
  });
});
