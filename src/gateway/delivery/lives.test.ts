/** Random lives of a delivery over both drivers: ingest, kill, open, crash, retry, replay, edit, erase, failover, restore. */
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { createMemoryLog } from '#gateway/log/memory-log.ts';
import { renewLanes } from '#gateway/log/sqlite/renew-lanes.ts';
import { copyView } from '#gateway/log/testing/copy-view.ts';
import { inThread } from '#gateway/log/testing/in-thread.ts';
import { createFolder } from '#gateway/log/testing/sqlite-folder.ts';
import { Life, type Machine } from './testing/life.ts';
import { lifeSteps } from './testing/life-steps.ts';

async function memoryMachine(): Promise<Machine> {
  const log = createMemoryLog();
  return { log, crash: async () => log, backup: null, dispose: () => log.close() };
}

async function sqliteMachine(): Promise<Machine> {
  const folder = createFolder();
  const removed = [() => folder.remove()];
  let current = folder;
  const open = () => current.open({}, inThread);
  const machine: Machine = {
    log: await open(),
    crash() {
      current.crash();
      return open();
    },
    async backup() {
      const copy = createFolder();
      removed.push(() => copy.remove());
      await copyView(machine.log, copy.path);
      return () => {
        current = copy;
        renewLanes(copy.path, `incarnation-${removed.length}`);
        return open();
      };
    },
    async dispose() {
      await machine.log.close();
      for (const remove of removed) remove();
    },
  };
  return machine;
}

describe.each([
  ['in memory', memoryMachine, 25],
  ['on disk', sqliteMachine, 15],
] as const)('a life %s', (_, make, numRuns) => {
  it('ends with every event in one state at each destination, and at the vendor where that state says so', {
    timeout: 240_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(lifeSteps, async (steps) => {
        const life = await Life.begin(await make());
        try {
          for (const step of steps) await life.do(step);
          await life.settleAll();
        } finally {
          await life.end();
        }
      }),
      { numRuns, endOnFailure: true, verbose: 1 },
    );
  });
});
