/** Copies a backup into an empty folder, proving each file against the manifest as it passes. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { CompleteBackup } from '../backup-folder.ts';
import { checkIntegrity, checkVersions } from '../check-files.ts';
import { causeOf } from '../copying.ts';
import type { Disk } from '../disk.ts';
import { bytesOf } from '../manifest.ts';
import type { Report } from '../progress.ts';
import type { Problem } from '../prove-folder.ts';

/**
 * Returns what is wrong with the backup. Nothing is synced.
 * @param to is made; must not be there
 */
export function layOut({ folder, manifest }: CompleteBackup, to: string, disk: Disk, report: Report): readonly Problem[] {
  const newer = checkVersions(manifest);
  if (newer.length > 0) return newer;
  report({ phase: 'restoring', moreFiles: manifest.files.length, moreBytes: bytesOf(manifest) });
  disk.makeFolder(to);
  disk.makeFolder(join(to, 'log'));
  return manifest.files.flatMap(({ name, sha256, bytes }): Problem[] => {
    const problem = copyProved(disk, join(folder, name), join(to, name), name, sha256);
    report({ files: 1, bytes });
    return problem === null ? [] : [problem];
  });
}

function copyProved(disk: Disk, from: string, to: string, name: string, sha256: string): Problem | null {
  const hash = createHash('sha256');
  try {
    disk.copy(from, to, (bytes) => hash.update(bytes));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { file: name, problem: 'it is missing' };
    if (causeOf(error) === 'the backup disk fails') return { file: name, problem: 'it cannot be read' };
    throw error;
  }
  return hash.digest('hex') === sha256 ? checkIntegrity(name, to) : { file: name, problem: 'its checksum is wrong' };
}
