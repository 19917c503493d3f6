import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StartWorkers } from '#gateway/log/sqlite/workers.ts';
import { openSqliteLog, type SqliteLog, type SqliteLogOptions } from '#gateway/log/sqlite-log.ts';

export interface Folder {
  readonly path: string;
  /** Opens the log in it; throws where it cannot be opened. Waits until ingest is open. */
  open(options?: Partial<SqliteLogOptions>, start?: StartWorkers): Promise<SqliteLog>;
  remove(): void;
}

export const ordinary = { diskBudgetBytes: 1024 ** 3, dedupeWindowMs: 3_600_000, dedupeMaxEntries: 100_000, retentionMs: 3_600_000 };

export function createFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'sluice-log-'));
  return {
    path,
    async open(options, start) {
      const opened = await openSqliteLog({ ...ordinary, ...options, folder: path }, start);
      if (!opened.ok) throw new Error(JSON.stringify(opened.error));
      await opened.value.ready();
      return opened.value;
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
