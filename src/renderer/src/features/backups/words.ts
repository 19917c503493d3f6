/** Pure: backups in words and marks. */
import type { BackupProgress, BackupSummary } from '#contract/operations/backup.ts';
import { counted } from '#renderer/ui/quantity.ts';
import type { MarkState } from '#renderer/ui/state.ts';

export interface Judged {
  readonly mark: MarkState;
  readonly word: string;
  /** In full, for hover and details. */
  readonly detail: string;
}

/** What a backup is worth, from what is known of it: sound, never looked at, damaged, unfinished. */
export function judge({ state, why, check }: Pick<BackupSummary, 'state' | 'why' | 'check'>): Judged {
  if (state === 'damaged') return { mark: 'failing', word: 'Damaged', detail: why };
  if (state === 'unfinished') return { mark: 'off', word: 'Unfinished', detail: why };
  if (check === null) return { mark: 'none', word: 'Not verified', detail: 'Nobody looked whether it can be restored.' };
  if (check.ok) return { mark: 'healthy', word: 'Verified', detail: `${counted(check.files, 'file')} looked at, nothing wrong.` };
  return { mark: 'failing', word: 'Not sound', detail: check.problems.map(({ file, problem }) => `${file}: ${problem}`).join(' ') };
}

export const workWords: Readonly<Record<BackupProgress['work'], string>> = {
  backup: 'Backing up',
  check: 'Verifying',
  drill: 'Rehearsing a restore of',
};

const phases: Readonly<Record<BackupProgress['phase'], string>> = {
  databases: 'copying the databases',
  sealing: 'closing the newest piece of the log',
  segments: 'copying the log',
  manifest: 'writing down what is in it',
  checking: 'checking every file',
  restoring: 'restoring into an empty folder',
  done: 'done',
  failed: 'failed',
};

export function phaseText(phase: BackupProgress['phase']): string {
  return phases[phase];
}

/** 0..1 by bytes, else by files; null while neither is known. */
export function shareOf({ doneBytes, totalBytes, doneFiles, totalFiles }: BackupProgress): number | null {
  if (totalBytes > 0) return doneBytes / totalBytes;
  return totalFiles > 0 ? doneFiles / totalFiles : null;
}

/** The newest backup that can be restored. */
export function newestComplete(backups: readonly BackupSummary[]): BackupSummary | null {
  return backups.find(({ state }) => state === 'complete') ?? null;
}
