import type { AppError } from '#contract/errors.ts';
import type { BackupProgress } from '#contract/operations/backup.ts';

/** A step forward: a phase begun, or what was done or found to do. */
export interface Progressed {
  readonly phase?: BackupProgress['phase'];
  readonly files?: number;
  readonly bytes?: number;
  readonly moreFiles?: number;
  readonly moreBytes?: number;
}

export type Report = (step: Progressed) => void;

/** How far the work under way is, or the last one was. */
export interface ProgressBook {
  latest(): BackupProgress | null;
  begin(work: BackupProgress['work'], id: string): void;
  readonly report: Report;
  end(error: AppError | null): void;
  watch(listener: (progress: BackupProgress) => void): () => void;
}

export function createProgressBook(now: () => number): ProgressBook {
  const listeners = new Set<(progress: BackupProgress) => void>();
  let latest: BackupProgress | null = null;

  function set(next: BackupProgress): void {
    latest = next;
    for (const listener of listeners) listener(next);
  }

  return {
    latest: () => latest,
    begin(work, id) {
      const phase = work === 'backup' ? 'databases' : work === 'check' ? 'checking' : 'restoring';
      const none = { doneFiles: 0, totalFiles: 0, doneBytes: 0, totalBytes: 0 };
      set({ work, id, phase, startedAt: now(), endedAt: null, ...none, error: null });
    },
    report({ phase, files = 0, bytes = 0, moreFiles = 0, moreBytes = 0 }) {
      if (!latest) return;
      const doneFiles = latest.doneFiles + files;
      const doneBytes = latest.doneBytes + bytes;
      // What a snapshot was is known once it is made.
      const totalFiles = Math.max(latest.totalFiles + moreFiles, doneFiles);
      const totalBytes = Math.max(latest.totalBytes + moreBytes, doneBytes);
      set({ ...latest, phase: phase ?? latest.phase, doneFiles, totalFiles, doneBytes, totalBytes });
    },
    end(error) {
      if (latest) set({ ...latest, phase: error === null ? 'done' : 'failed', endedAt: now(), error });
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
