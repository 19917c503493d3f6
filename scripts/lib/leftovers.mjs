/** Finds processes that a test run started and did not end: they carry the run's mark in their environment. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * @typedef {{ pid: number, command: string }} Leftover
 * @param {string} mark an environment entry such as SLUICE_TEST_RUN=...
 * @returns {Leftover[]} always empty where there is no /proc
 */
function marked(mark) {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      try {
        if (!readFileSync(`/proc/${name}/environ`, 'latin1').split('\0').includes(mark)) return [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ').trim();
        return command ? [{ pid: Number(name), command: command.slice(0, 160) }] : [];
      } catch {
        return []; // It ended meanwhile, or is not ours to read.
      }
    });
}

/**
 * What still runs after a grace period, ended by its own pid.
 * @param {string} mark
 * @param {number} graceMs
 */
export async function endLeftovers(mark, graceMs) {
  const deadline = Date.now() + graceMs;
  let left = marked(mark);
  while (left.length > 0 && Date.now() < deadline) {
    await wait(200);
    left = marked(mark);
  }
  for (const { pid } of left) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
  return left;
}
