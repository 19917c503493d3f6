/** What Linux shows of other processes, for tests that look for leaks or end a gateway. */
import { readdirSync, readFileSync } from 'node:fs';

/** Process ids of the children of `pid`. */
export function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => parentOf(candidate) === pid);
}

function parentOf(pid: number): number | null {
  try {
    // The command in parentheses may itself hold spaces and parentheses.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ');
    return Number(fields?.[1]);
  } catch {
    return null; // It ended meanwhile.
  }
}

/** Command line and environment of a process, as anybody with its user id can read them. */
export function publicFaceOf(pid: number): string {
  return ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'latin1').replaceAll('\0', '\n')).join('\n');
}
