import { fork } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorker } from './sqlite/worker-client.ts';
import { appended, appendMany, batchRequest, deltaOf, readAll } from './testing/requests.ts';
import { createFolder, type Folder } from './testing/sqlite-folder.ts';

describe('the log in its threads', () => {
  let folder: Folder;
  beforeEach(() => {
    folder = createFolder();
  });
  afterEach(() => folder.remove());

  it('keeps everything over a close and an opening', async () => {
    const log = await folder.open();
    const route = log.route([await log.register('a')]);
    const { epoch } = await log.open('a');
    await Promise.all(Array.from({ length: 20 }, (_, i) => appendMany(log, route, 50, `m${i}-`)));
    await log.settle(deltaOf('a', epoch, { cursor: 500, terminal: { confirmed: Array.from({ length: 500 }, (_, i) => i + 1) } }));
    const before = await readAll(log, 'a', 0);
    await log.close();

    const again = await folder.open();
    expect(again.head()).toBe(1000);
    expect(await readAll(again, 'a', 0)).toEqual(before);
    expect(await again.ledger('a')).toMatchObject({ waiting: 500, terminal: { confirmed: 500 }, violations: [] });
    expect((await appended(again, batchRequest(again, ['m3-7', 'new'], { route }))).duplicate).toBe(1);
    await again.close();
  });

  it('answers what was appended before it closes', async () => {
    const log = await folder.open();
    const answers = Array.from({ length: 50 }, (_, i) => appendMany(log, 0, 10, `m${i}-`));
    await log.close();
    expect((await Promise.all(answers)).flat()).toHaveLength(500);
    await expect(appendMany(log, 0, 1, 'late')).rejects.toThrow('closed');
  });

  it('says so when a worker dies', async () => {
    const crashed = await new Promise<Error>((resolve) => {
      startWorker('there-is-no-such', resolve);
    });
    expect(crashed.message).toContain('there-is-no-such');
  });

  it('has all that it acknowledged after SIGKILL', { timeout: 60_000 }, async () => {
    const acknowledged = new Set<string>();
    for (const killAfter of [5, 60, 250]) {
      const child = fork(join(import.meta.dirname, 'testing/appender.ts'), [folder.path, String(killAfter)], {
        execArgv: [],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      let count = 0;
      child.on('message', (ids: string[]) => {
        for (const id of ids) acknowledged.add(id);
        count++;
        if (count === killAfter) child.kill('SIGKILL');
      });
      await new Promise((resolve) => child.on('exit', resolve));
      expect(count).toBeGreaterThanOrEqual(killAfter);

      const log = await folder.open();
      const stored = new Set((await readAll(log, 'a', 0)).map((record) => record.messageId));
      expect([...acknowledged].filter((id) => !stored.has(id))).toEqual([]);
      expect(stored.size).toBe(log.head());
      expect((await log.ledger('a')).violations).toEqual([]);
      await log.close();
    }
  });
});
