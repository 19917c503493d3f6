/** Everything that is done with a backup folder, as the backup process answers it. */
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { BackupCheck, BackupDrillResult } from '#contract/operations/backup.ts';
import type { Result } from '#contract/result.ts';
import { StoreFailure } from '#gateway/log/sqlite/store-failure.ts';
import { type FoundBackup, findBackups, freeBytesOf, locateBackup } from './backup-folder.ts';
import { checkBackup } from './check-backup.ts';
import { type CopyOps, causeOf, createCopyOps } from './copying.ts';
import { type Disk, realDisk, writeDurably } from './disk.ts';
import { drillBackup } from './drill.ts';
import { bytesOf } from './manifest.ts';
import type { Report } from './progress.ts';

export interface Folder {
  readonly freeBytes: number | null;
  /** Whether it fills the disk that the data folder needs. */
  readonly isSameDisk: boolean;
}

export interface FolderListing {
  readonly found: Result<readonly FoundBackup[]>;
  readonly freeBytes: number | null;
  /** Texts beside a backup's files, by its id and their name; absent where there is none. */
  readonly notes: readonly { readonly id: string; readonly check: string | null; readonly drill: string | null }[];
}

export interface BackupOps extends CopyOps {
  /** Makes the folder ready. `isKnown`: it was used before, so it must not be empty now. */
  prepare(input: { readonly root: string; readonly dataFolder: string; readonly gateway: string; readonly isKnown: boolean }): Folder;
  find(input: { readonly root: string }): FolderListing;
  check(input: { readonly folder: string }): Promise<BackupCheck>;
  drill(input: { readonly folder: string }): Promise<BackupDrillResult>;
}

/** Says that a folder is used for backups: one without it lost its disk, or is new. */
const rootMark = 'sluice-backups.json';
/** Beside a backup's files, not part of it. */
export const noteNames = { check: 'check.json', drill: 'drill.json' };

export function createBackupOps(report: Report, now: () => number, disk: Disk = realDisk, freeBytes = freeBytesOf): BackupOps {
  return {
    ...createCopyOps(disk),
    prepare: ({ root, dataFolder, gateway, isKnown }) => prepare(root, dataFolder, gateway, isKnown),
    find({ root }) {
      const found = findBackups(root);
      const notes = found.ok
        ? found.value.map(({ id, folder }) => ({ id, check: noteIn(folder, noteNames.check), drill: noteIn(folder, noteNames.drill) }))
        : [];
      return { found, freeBytes: freeBytes(root), notes };
    },
    async check({ folder }) {
      const backup = located(folder);
      // On the backup's disk, so that segments can be linked.
      return checkBackup(backup, { workspace: join(dirname(folder), `.check-${backup.id}`), now, report });
    },
    async drill({ folder }) {
      const backup = located(folder);
      const bytes = bytesOf(backup.manifest);
      const place = [tmpdir(), dirname(folder)].find((each) => (freeBytes(each) ?? 0) > bytes * 1.2 + spareBytes);
      if (place === undefined)
        throw new StoreFailure('BACKUP_DRILL_FAILED', { cause: 'there is no room', neededBytes: Math.ceil(bytes * 1.2 + spareBytes) });
      return drillBackup(backup, { workspace: join(place, `.sluice-drill-${backup.id}`), now, report });
    },
  };
}

const spareBytes = 128 * 1024 * 1024;

function located(folder: string) {
  const backup = locateBackup(folder);
  if (!backup.ok) throw new StoreFailure(backup.error.code, backup.error.details ?? {});
  return backup.value;
}

function noteIn(folder: string, name: string): string | null {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch {
    return null;
  }
}

function prepare(root: string, dataFolder: string, gateway: string, isKnown: boolean): Folder {
  try {
    if (!statSync(root, { throwIfNoEntry: false })) {
      if (isKnown) throw new StoreFailure('BACKUP_FAILED', { cause: 'the backup folder is gone; is its disk mounted?' });
      mkdirSync(root, { mode: 0o700 });
    }
    if (!statSync(join(root, rootMark), { throwIfNoEntry: false })) {
      if (isKnown)
        throw new StoreFailure('BACKUP_FAILED', {
          cause: 'the backup folder is empty; is its disk mounted? A full backup by hand begins anew there',
        });
      writeDurably(realDisk, root, rootMark, `${JSON.stringify({ gateway, note: 'Backups of Sluice. See docs/backup.md.' })}\n`);
    }
    return { freeBytes: freeBytesOf(root), isSameDisk: statSync(root).dev === statSync(dataFolder).dev };
  } catch (error) {
    const cause = error instanceof StoreFailure ? null : causeOf(error);
    throw cause === null ? error : new StoreFailure('BACKUP_FAILED', { cause });
  }
}
