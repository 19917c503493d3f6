/**
 * How much of the machine went to others while something was measured. Linux only: elsewhere the share
 * is 0, and figures are only as good as the machine is quiet.
 */
import { readdirSync, readFileSync } from 'node:fs';

interface Reading {
  /** Clock ticks of work on all CPUs: user, nice, system, steal. Interrupts belong to nobody. */
  readonly busy: number;
  /** Ticks that passed on all CPUs. */
  readonly elapsed: number;
  /** Ticks used by this process and its descendants, ended children included. */
  readonly own: number;
}

export interface CpuWatch {
  /** Share of all CPUs, 0..1, that processes of others took since the watch began. */
  foreignShare(): number;
}

export function watchCpu(): CpuWatch {
  const start = read();
  return {
    foreignShare() {
      const end = read();
      const elapsed = end.elapsed - start.elapsed;
      if (elapsed <= 0) return 0;
      return Math.max(0, (end.busy - start.busy - (end.own - start.own)) / elapsed);
    },
  };
}

function read(): Reading {
  if (process.platform !== 'linux') return { busy: 0, elapsed: 0, own: 0 };
  const line = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? '';
  const ticks = line.trim().split(/\s+/).slice(1).map(Number);
  const [user = 0, nice = 0, system = 0, , , , , steal = 0] = ticks;
  // guest and guest_nice are already inside user and nice.
  return { busy: user + nice + system + steal, elapsed: ticks.slice(0, 8).reduce((sum, value) => sum + value, 0), own: ownTicks() };
}

/** Processes by parent; a reaped child's ticks are in its parent's `cutime` and `cstime`. */
function ownTicks(): number {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap(readProcess);
  const mine = new Set([process.pid]);
  // A child may have a lower pid than its parent, so go round until nothing is added.
  for (let before = 0; before !== mine.size; ) {
    before = mine.size;
    for (const { pid, parent } of processes) if (mine.has(parent)) mine.add(pid);
  }
  return processes.reduce((sum, { pid, ticks }) => sum + (mine.has(pid) ? ticks : 0), 0);
}

function readProcess(name: string): { pid: number; parent: number; ticks: number }[] {
  try {
    const text = readFileSync(`/proc/${name}/stat`, 'latin1');
    // The command, in parentheses, may hold anything; fields are counted after its end (proc(5)).
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, value) => sum + Number(value), 0);
    return [{ pid: Number(name), parent: Number(fields[1]), ticks }];
  } catch {
    return []; // It ended meanwhile.
  }
}
