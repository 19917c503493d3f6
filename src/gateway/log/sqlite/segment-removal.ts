/**
 * How the files of a segment go. A crash may come between any two steps, and must not leave what looks like a segment and
 * is none: where the last checkpoint failed (a full disk, say), all that it holds is in its WAL. So it loses its name
 * first; what a crash leaves after that goes when the log is next opened.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { logFolder } from './segment-file.ts';

const goneSuffix = '.gone';

/** The steps that remove a segment that nobody has open, in their order. */
export function removalOf(path: string): readonly (() => Promise<void>)[] {
  const gone = `${path}${goneSuffix}`;
  return [() => rename(path, gone), ...[`${path}-wal`, `${path}-shm`, gone].map((file) => () => rm(file, { force: true }))];
}

/** Removes what a crash left of segments that were on their way out. */
export function sweepRemoved(folder: string): void {
  const log = logFolder(folder);
  for (const name of readdirSync(log)) {
    const [, segment] = /^(segment-\d{16}\.db)-(?:wal|shm)$/.exec(name) ?? [];
    const isOrphan = segment !== undefined && !existsSync(join(log, segment));
    if (isOrphan || name.endsWith(goneSuffix)) rmSync(join(log, name), { force: true });
  }
}
