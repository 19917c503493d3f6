/** Keeps the threads that this process has now, and all it makes, on one core, so that it does not measure itself (Linux `taskset`). */
import { execFileSync } from 'node:child_process';

export function pinSelf(core: number): void {
  if (process.platform === 'linux') execFileSync('taskset', ['-a', '-c', '-p', String(core), String(process.pid)], { stdio: 'ignore' });
}
