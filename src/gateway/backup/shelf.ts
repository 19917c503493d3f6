/** The backup folder as a running gateway knows it: where it is, what of it is its own, and that it is still the same. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppFailure, appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { z } from '#contract/zod.ts';
import { type CompleteBackup, complete } from './backup-folder.ts';
import type { BackupProcess } from './backup-process.ts';
import type { BackupsDeps, Listing } from './backups.ts';
import type { FolderListing } from './ops.ts';
import { surplus } from './planning.ts';
import { expectedIn } from './work.ts';

export interface Shelf {
  /** The folder; null where none is set. */
  root(): string | null;
  /** Id of the first incarnation: marks what belongs to this gateway. */
  readonly gateway: string;
  /** Complete ones of this gateway when it was last looked, newest first; null before. */
  ours(): readonly CompleteBackup[] | null;
  /** Asks the disk. BACKUP_NO_FOLDER, BACKUP_FAILED. */
  look(): Promise<Result<Listing>>;
  /** Takes over what somebody else's look found. */
  take(found: FolderListing): readonly CompleteBackup[];
  /** Removes what is too many, and what an interrupted run left. What cannot be removed now is, after the next. */
  tidy(process: BackupProcess, root: string, keep: number): Promise<void>;
  /** Whether this folder held backups of this gateway before. */
  isKnown(root: string): boolean;
  remember(root: string): void;
}

/** How long a backup folder may take to say what is in it, ms. */
const answerMs = 10_000;

export function createShelf(deps: BackupsDeps): Shelf {
  const gateway = deps.store.lineage()[0].id;
  const memory = createFolderMemory(deps.dataFolder);
  let looked: { readonly root: string; readonly ours: readonly CompleteBackup[] } | null = null;
  const root = (): string | null => deps.settings().backup.folder;

  function take({ found }: FolderListing): readonly CompleteBackup[] {
    const ours = found.ok ? complete(found.value).filter(({ manifest }) => manifest.gateway === gateway) : [];
    looked = { root: root() ?? '', ours };
    return ours;
  }

  return {
    root,
    gateway,
    ours: () => (looked?.root === root() ? looked.ours : null),
    take,
    async look() {
      const folder = root();
      if (folder === null) return err(appError('BACKUP_NO_FOLDER'));
      const process = deps.start(() => {});
      try {
        const listing = await inTime(process.call('find', { root: folder }));
        return ok({ folder, ...listing, ours: take(listing) });
      } catch (error) {
        looked = { root: folder, ours: [] };
        return err(expectedIn(error, deps.bug));
      } finally {
        await process.stop();
      }
    },
    async tidy(process, folder, keep) {
      const listing = await process.call('find', { root: folder });
      const halves = listing.found.ok ? listing.found.value.filter((each) => !each.manifest.ok && each.gateway === gateway) : [];
      for (const each of [...surplus(take(listing), keep), ...halves])
        await process.call('remove', { folder: each.folder }).catch(() => {});
      if (looked) looked = { ...looked, ours: looked.ours.slice(0, keep) };
    },
    isKnown: memory.isKnown,
    remember: memory.remember,
  };
}

/** Rejects with BACKUP_FAILED where the disk does not answer. */
function inTime<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new AppFailure(appError('BACKUP_FAILED', { cause: 'the backup disk does not answer' })));
    const timer = setTimeout(late, answerMs);
    void work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

const memorySchema = z.object({ folder: z.string() });

/** Which folder was used last, so that an empty one in its place is noticed: its disk is not mounted. */
function createFolderMemory(dataFolder: string) {
  const file = join(dataFolder, 'backup-folder.json');
  const read = (): string | null => {
    try {
      return memorySchema.parse(JSON.parse(readFileSync(file, 'utf8'))).folder;
    } catch {
      return null;
    }
  };
  let known = read();
  return {
    isKnown: (folder: string) => known === folder,
    remember(folder: string) {
      if (known === folder) return;
      known = folder;
      writeFileSync(file, JSON.stringify({ folder }), { mode: 0o600 });
    },
  };
}
