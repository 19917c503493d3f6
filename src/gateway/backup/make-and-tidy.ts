import { AppFailure } from '#contract/errors.ts';
import type { BackupProcess } from './backup-process.ts';
import type { BackupMode, BackupsDeps } from './backups.ts';
import { makeBackup } from './make-backup.ts';
import type { Manifest } from './manifest.ts';
import type { Report } from './progress.ts';
import type { Shelf } from './shelf.ts';

/** Read from the log's disk while segments are copied: a fraction of what any disk does, and 20 GB in about five minutes. */
const bytesPerSecond = 64 * 1024 * 1024;
/** Share of the disk budget that a backup on the same disk leaves free. */
const spareShare = 0.1;

export interface Wanted {
  readonly root: string;
  readonly id: string;
  readonly mode: BackupMode;
  /** By a person, who may begin anew in a folder that lost its backups. */
  readonly isByHand: boolean;
  readonly report: Report;
}

/** One backup, and then the folder as the settings want it. Rejects with AppFailure. */
export async function makeAndTidy(
  { dataFolder, log, store, settings, now, facts }: BackupsDeps,
  shelf: Shelf,
  process: BackupProcess,
  { root, id, mode, isByHand, report }: Wanted,
): Promise<Manifest> {
  const isKnown = shelf.isKnown(root) && !(isByHand && mode === 'full');
  const { freeBytes, isSameDisk } = await process.call('prepare', { root, dataFolder, gateway: shelf.gateway, isKnown });
  const { backup, diskBudgetBytes, environment } = settings();
  const listing = await process.call('find', { root });
  if (!listing.found.ok) throw new AppFailure(listing.found.error);
  const former = shelf.take(listing).find(({ manifest }) => manifest.incarnation === log.incarnation) ?? null;
  const manifest = await makeBackup({
    dataFolder,
    root,
    id,
    // Without an earlier one there is nothing to take over.
    mode: former ? mode : 'full',
    former,
    log,
    store,
    copier: process,
    facts: { ...facts, environment },
    bytesPerSecond,
    roomBytes: isSameDisk && freeBytes !== null ? Math.max(0, freeBytes - diskBudgetBytes * spareShare) : null,
    now,
    report,
  });
  shelf.remember(root);
  await shelf.tidy(process, root, backup.keep);
  return manifest;
}
