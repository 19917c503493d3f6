/**
 * The backups of a running gateway: one piece of work at a time, by hand, on schedule or after a critical change.
 * Everything that touches the backup folder happens in the backup process, which lives as long as the work.
 */
import type { Settings } from '#contract/documents/settings.ts';
import { type AppError, appError } from '#contract/errors.ts';
import type { BackupCheck, BackupDrillResult, BackupProgress, backupModes } from '#contract/operations/backup.ts';
import { err, type Result } from '#contract/result.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import type { BackingUp } from '#gateway/log/backing-up.ts';
import { type CompleteBackup, newBackupId } from './backup-folder.ts';
import type { StartBackupProcess } from './backup-process.ts';
import { makeAndTidy } from './make-and-tidy.ts';
import type { Manifest } from './manifest.ts';
import { type FolderListing, noteNames } from './ops.ts';
import { modeOf, nextBackupAt } from './planning.ts';
import { createShelf } from './shelf.ts';
import { createWork } from './work.ts';

export type BackupMode = (typeof backupModes)[number];

/** Work that has begun; `done` never rejects but for bugs. */
export interface Begun<T> {
  readonly id: string;
  readonly done: Promise<Result<T>>;
}

export interface Listing extends FolderListing {
  readonly folder: string;
  readonly ours: readonly CompleteBackup[];
}

export interface Backups {
  /** BACKUP_NO_FOLDER, BACKUP_BUSY. `isByHand` may begin anew in a folder that lost its backups. */
  run(mode: BackupMode, isByHand: boolean): Result<Begun<Manifest>>;
  /** The newest complete one where `id` is absent. BACKUP_NO_FOLDER, BACKUP_BUSY, and in `done` BACKUP_UNKNOWN. */
  check(id: string | undefined): Promise<Result<Begun<BackupCheck>>>;
  drill(id: string | undefined): Promise<Result<Begun<BackupDrillResult>>>;
  /** Null: none is set. */
  folder(): string | null;
  /** What the folder holds. BACKUP_NO_FOLDER, BACKUP_FAILED. */
  list(): Promise<Result<Listing>>;
  progress(): BackupProgress | null;
  watch(listener: (progress: BackupProgress) => void): () => void;
  lastFailure(): { readonly at: number; readonly error: AppError } | null;
  nextAt(): number | null;
  /** Does what is due; called every few seconds. */
  tick(): void;
  close(): Promise<void>;
}

export interface BackupsDeps {
  readonly dataFolder: string;
  readonly log: BackingUp;
  readonly store: Pick<DocumentStore, 'audit' | 'lineage' | 'note' | 'watch'>;
  settings(): Settings;
  /** Whether an operation may lose events or widen trust. */
  isCritical(operation: string): boolean;
  readonly facts: Pick<Manifest, 'node' | 'product'>;
  readonly start: StartBackupProcess;
  /** Epoch ms. */
  now(): number;
  bug(error: unknown): void;
}

export function createBackups(deps: BackupsDeps): Backups {
  const { store, log, now } = deps;
  const work = createWork(deps);
  const shelf = createShelf(deps);
  const startedAt = now();
  let failure: { readonly at: number; readonly error: AppError } | null = null;
  let criticalAt: number | null = null;
  let isLooking = false;

  const unwatch = store.watch((_, entry) => {
    if (entry.outcome === 'applied' && deps.isCritical(entry.action)) criticalAt = entry.at;
  });
  const nextAt = () => {
    const newestAt = shelf.ours()?.[0]?.manifest.at ?? null;
    return nextBackupAt(deps.settings().backup, { newestAt, failedAt: failure?.at ?? null, criticalAt, startedAt });
  };

  function run(mode: BackupMode, isByHand: boolean): Result<Begun<Manifest>> {
    const root = shelf.root();
    if (root === null) return err(appError('BACKUP_NO_FOLDER'));
    const id = newBackupId(now());
    const changedAt = criticalAt;
    const begun = work.begin('backup', id, (process) =>
      makeAndTidy(deps, shelf, process, { root, id, mode, isByHand, report: work.book.report }),
    );
    if (!begun.ok) return begun;
    void begun.value.done.then((result) => {
      if (result.ok && criticalAt === changedAt) criticalAt = null;
      failure = result.ok ? null : { at: now(), error: result.error };
      const reason = result.ok
        ? `${mode}, ${result.value.copiedBytes} bytes copied, up to event ${result.value.head}`
        : causeIn(result.error);
      work.note('backup.made', id, reason, result.ok ? 'ok' : result.error.code);
    });
    return begun;
  }

  async function examine<T extends BackupCheck>(what: 'check' | 'drill', wanted: string | undefined): Promise<Result<Begun<T>>> {
    const listing = await shelf.look();
    if (!listing.ok) return listing;
    const backup = wanted === undefined ? listing.value.ours[0] : listing.value.ours.find(({ id }) => id === wanted);
    if (!backup) return err(appError('BACKUP_UNKNOWN', wanted === undefined ? {} : { id: wanted }));
    const begun = work.begin(what, backup.id, async (process) => {
      const result = (await process.call(what, { folder: backup.folder })) as T;
      await process.call('note', { folder: backup.folder, name: noteNames[what], text: `${JSON.stringify(result)}\n` });
      return result;
    });
    if (!begun.ok) return begun;
    void begun.value.done.then((result) => {
      const outcome = !result.ok ? result.error.code : result.value.ok ? 'ok' : 'BACKUP_DAMAGED';
      const reason = result.ok ? wordsOf(result.value) : causeIn(result.error);
      work.note(what === 'drill' ? 'backup.drilled' : 'backup.checked', backup.id, reason, outcome);
    });
    return begun;
  }

  /** Once, to know when the last one was made. */
  async function firstLook(): Promise<void> {
    isLooking = true;
    await shelf.look();
    isLooking = false;
  }

  return {
    run,
    check: (id) => examine<BackupCheck>('check', id),
    drill: (id) => examine<BackupDrillResult>('drill', id),
    folder: shelf.root,
    list: shelf.look,
    progress: work.book.latest,
    watch: work.book.watch,
    lastFailure: () => failure,
    nextAt,
    tick() {
      if (work.isBusy() || isLooking || shelf.root() === null) return;
      const ours = shelf.ours();
      const due = ours === null ? null : nextAt();
      if (ours === null) void firstLook();
      else if (due !== null && due <= now()) run(modeOf(deps.settings().backup, ours, log.incarnation, now()), false);
    },
    async close() {
      unwatch();
      await work.close();
    },
  };
}

const causeIn = (error: AppError): string => String(error.details?.cause ?? '');

function wordsOf(result: BackupCheck & { readonly recoveryMs?: number }): string {
  const [first] = result.problems;
  if (first) return `${first.file}: ${first.problem}`.slice(0, 500);
  const counted = `${result.balanced} of ${result.ledgers} ledgers balance`;
  return result.recoveryMs === undefined ? counted : `recovered in ${result.recoveryMs} ms, ${counted}`;
}
