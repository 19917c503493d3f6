import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkerStarter } from '#gateway/log/sqlite/workers.ts';
import { openSqliteLog, type SqliteLog, type SqliteLogOptions } from '#gateway/log/sqlite-log.ts';

export interface Folder {
  readonly path: string;
  /** Copies the files as they are at this moment, open ones too: what a crash now would leave. The copy is the folder from now on. */
  crash(): void;
  /** Another folder, which is this one from now on. */
  move(): string;
  /** Opens the log in it; throws where it cannot be opened. Waits until ingest is open. */
  open(options?: Partial<SqliteLogOptions>, starter?: WorkerStarter): Promise<SqliteLog>;
  remove(): void;
}

export const ordinary = { diskBudgetBytes: 1024 ** 3, dedupeWindowMs: 3_600_000, dedupeMaxEntries: 100_000, retentionMs: 3_600_000 };

export function createFolder(): Folder {
  const root = mkdtempSync(join(tmpdir(), 'sluice-log-'));
  let copies = 0;
  let path = join(root, '0');
  return {
    get path() {
      return path;
    },
    crash() {
      const copy = join(root, String(++copies));
      cpSync(path, copy, { recursive: true, filter: (file) => !file.endsWith('-shm') });
      path = copy;
    },
    move() {
      path = join(root, String(++copies));
      return path;
    },
    async open(options, starter) {
      const opened = await openSqliteLog({ ...ordinary, ...options, folder: path }, starter);
      if (!opened.ok) throw new Error(JSON.stringify(opened.error));
      await opened.value.ready();
      return opened.value;
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
