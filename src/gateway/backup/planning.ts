/** When the next backup is due, and of which kind. Pure. */
import type { BackupSettings } from '#contract/documents/backup.ts';
import type { CompleteBackup } from './backup-folder.ts';

/** After a failure it is tried again this often, ms, where the schedule is not tighter still. */
const retryMs = 600_000;
/** A critical command is followed by a backup after this, ms: several in a row share one. */
const soonMs = 30_000;

export interface Happened {
  /** Newest complete backup of this gateway. */
  readonly newestAt: number | null;
  readonly failedAt: number | null;
  /** The last critical change that no backup followed. */
  readonly criticalAt: number | null;
  readonly startedAt: number;
}

/** Epoch ms; null: never by itself. */
export function nextBackupAt({ folder, everyMs, afterCritical }: BackupSettings, happened: Happened): number | null {
  if (folder === null) return null;
  const { newestAt, failedAt, criticalAt, startedAt } = happened;
  const bySchedule = everyMs === null ? null : newestAt === null ? startedAt : newestAt + everyMs;
  const byChange = afterCritical && criticalAt !== null ? criticalAt + soonMs : null;
  const due = [bySchedule, byChange].filter((at) => at !== null);
  if (due.length === 0) return null;
  const earliest = Math.min(...due);
  return failedAt === null ? earliest : Math.max(earliest, failedAt + Math.min(retryMs, everyMs ?? retryMs));
}

/** full where the last full one is too old, or there is none of this incarnation. */
export function modeOf(
  { fullEveryMs }: BackupSettings,
  ours: readonly CompleteBackup[],
  incarnation: string,
  now: number,
): 'full' | 'incremental' {
  const lastFull = ours.find(({ manifest }) => manifest.mode === 'full' && manifest.incarnation === incarnation);
  return lastFull && now - lastFull.manifest.at < fullEveryMs ? 'incremental' : 'full';
}

/** Which complete backups go, given those that there are, newest first. */
export function surplus(ours: readonly CompleteBackup[], keep: number): readonly CompleteBackup[] {
  return ours.slice(keep);
}
