/** A data folder with real files and a backup folder beside it; the backup process runs in this thread. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackupSettings } from '#contract/documents/backup.ts';
import { destinationSchema } from '#contract/documents/destination.ts';
import { settingsSchema } from '#contract/documents/settings.ts';
import { AppFailure, appError } from '#contract/errors.ts';
import type { Result } from '#contract/result.ts';
import { createRegistry } from '#gateway/connectors/registry.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import { openSqliteStore } from '#gateway/control/sqlite-store.ts';
import { toStoreFailure } from '#gateway/log/sqlite/sqlite-errors.ts';
import { StoreFailure } from '#gateway/log/sqlite/store-failure.ts';
import { openSqliteLog, type SqliteLog, type SqliteLogOptions } from '#gateway/log/sqlite-log.ts';
import { inThread } from '#gateway/log/testing/in-thread.ts';
import { appendMany, deltaOf, type Settling } from '#gateway/log/testing/requests.ts';
import type { BackupProcess } from '../backup-process.ts';
import { type BackupMode, type Backups, createBackups } from '../backups.ts';
import { type Disk, realDisk } from '../disk.ts';
import type { Manifest } from '../manifest.ts';
import { createBackupOps } from '../ops.ts';
import type { Report } from '../progress.ts';
import { type RestoreOptions, type RestoreOutcome, restore } from '../restore/restore.ts';

/** The handlers of the backup process without the process. */
export function processInThread(report: Report, now: () => number, disk: Disk): BackupProcess {
  const handlers = new Map<string, (input: never) => unknown>(Object.entries(createBackupOps(report, now, disk)));
  let isStopped = false;
  return {
    async call(name, input) {
      await new Promise((resolve) => setImmediate(resolve));
      if (isStopped) throw new AppFailure(appError('BACKUP_FAILED', { cause: 'the backup process ended' }));
      try {
        return (await handlers.get(name)?.(structuredClone(input) as never)) as never;
      } catch (error) {
        const failure = error instanceof StoreFailure ? error : toStoreFailure(error);
        throw failure ? new AppFailure(appError(failure.code, failure.details)) : error;
      }
    },
    async stop() {
      isStopped = true;
    },
  };
}

export function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new AppFailure(result.error);
  return result.value;
}

export interface Scene {
  /** Of everything. */
  readonly root: string;
  readonly data: string;
  readonly target: string;
  readonly log: SqliteLog;
  readonly store: DocumentStore;
  readonly backups: Backups;
  now: number;
  /** Merged over the defaults. */
  settings: Partial<BackupSettings>;
  diskBudgetBytes: number;
  /** Stands for the backup's disk. */
  disk: Disk;
  /** Events of their own ids to both destinations. */
  append(count: number, prefix: string, filler?: number): Promise<readonly number[]>;
  /** Settles the lane of `hook`. */
  settle(settling: Settling): Promise<void>;
  /** Makes one and waits for it. */
  run(mode?: BackupMode): Promise<Result<Manifest>>;
  /** Folders in the backup folder that look like backups, oldest first. */
  folders(): readonly string[];
  /** Closes files, as a stop does. */
  stop(): Promise<void>;
  /** Opens them again. */
  start(): Promise<void>;
  restore(options?: Partial<RestoreOptions>): Promise<Result<RestoreOutcome>>;
  remove(): Promise<void>;
}

const settled: Partial<SqliteLogOptions> = { segmentBytes: 60_000 };
export const startOfTime = 1_795_000_000_000;

function ordinaryRestore(from: string, data: string, now: () => number): RestoreOptions {
  const nothingSpecial = { isDryRun: false, isAgain: false, isInUse: false };
  return { from, dataFolder: data, oldFolder: data, ...nothingSpecial, connectors: createRegistry(), now, report: () => {} };
}

export async function openScene(logOptions: Partial<SqliteLogOptions> = settled): Promise<Scene> {
  const root = mkdtempSync(join(tmpdir(), 'sluice-backup-'));
  const [data, target] = [join(root, 'data'), join(root, 'target')];
  mkdirSync(data);
  const parts: { log: SqliteLog | null; store: DocumentStore | null; backups: Backups | null } = { log: null, store: null, backups: null };
  const open = <T>(part: T | null): T => {
    if (part === null) throw new Error('the scene is stopped');
    return part;
  };
  let epoch = 0;

  const scene: Scene = {
    root,
    data,
    target,
    now: startOfTime,
    settings: {},
    diskBudgetBytes: 1024 ** 3,
    disk: realDisk,
    get log() {
      return open(parts.log);
    },
    get store() {
      return open(parts.store);
    },
    get backups() {
      return open(parts.backups);
    },
    async append(count, prefix, filler = 0) {
      const [hook, mail] = [await scene.log.register('hook'), await scene.log.register('mail')];
      return appendMany(scene.log, scene.log.route([hook, mail]), count, prefix, filler);
    },
    async settle(settling) {
      epoch = (await scene.log.open('hook')).epoch;
      await scene.log.settle(deltaOf('hook', epoch, settling));
    },
    async run(mode = 'incremental') {
      const begun = scene.backups.run(mode, true);
      return begun.ok ? begun.value.done : begun;
    },
    folders: () =>
      readdirSync(target)
        .filter((name) => /^\d{8}T/.test(name))
        .sort(),
    async stop() {
      await parts.backups?.close();
      await parts.log?.close();
      parts.store?.close();
      parts.log = null;
      parts.store = null;
      parts.backups = null;
    },
    async start() {
      parts.store = unwrap(openSqliteStore({ file: join(data, 'control.db'), now: () => scene.now }));
      const incarnation = parts.store.lineage().at(-1)?.id ?? null;
      const options = {
        diskBudgetBytes: 1024 ** 3,
        dedupeWindowMs: 3_600_000,
        dedupeMaxEntries: 1e5,
        retentionMs: 1e12,
        now: () => scene.now,
      };
      parts.log = unwrap(await openSqliteLog({ folder: data, incarnation, ...options, ...logOptions }, inThread));
      await parts.log.ready();
      parts.backups = createBackups({
        dataFolder: data,
        log: parts.log,
        store: parts.store,
        settings: () => settingsSchema.parse({ diskBudgetBytes: scene.diskBudgetBytes, backup: { folder: target, ...scene.settings } }),
        isCritical: (operation) => operation === 'source.remove',
        facts: { node: 'test', product: '0.0.0' },
        start: (report) => processInThread(report, () => scene.now, scene.disk),
        now: () => scene.now,
        bug: (error) => {
          throw error;
        },
      });
    },
    restore: (options = {}) => restore({ ...ordinaryRestore(target, data, () => scene.now), ...options }),
    async remove() {
      await scene.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
  await scene.start();
  const by = { by: 'ada', action: 'destination.put', target: '', reason: '', commandId: null };
  for (const id of ['hook', 'mail']) {
    const value = destinationSchema.parse({ name: id, connector: 'webhook', endpoint: 'http://127.0.0.1:9' });
    scene.store.commit([{ kind: 'destination', id, value }], by);
  }
  return scene;
}
