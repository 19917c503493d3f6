/**
 * Restores a backup into a data folder that no gateway has open. The backup is copied beside what is there, proved,
 * put into a new incarnation with every lane parked, and only then takes its place. Whatever goes wrong before
 * that leaves the data folder as it was.
 */
import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Destination } from '#contract/documents/destination.ts';
import { type AppError, AppFailure, appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { ConnectorRegistry } from '#gateway/connectors/registry.ts';
import type { DocumentStore, Incarnation } from '#gateway/control/document-store.ts';
import { openSqliteStore } from '#gateway/control/sqlite-store.ts';
import { renewLanes } from '#gateway/log/sqlite/renew-lanes.ts';
import { type CompleteBackup, freeBytesOf, locateBackup } from '../backup-folder.ts';
import { openWorkspace } from '../check-backup.ts';
import { checkFiles, checkVersions } from '../check-files.ts';
import { causeOf } from '../copying.ts';
import { type Disk, realDisk } from '../disk.ts';
import { bytesOf } from '../manifest.ts';
import type { Report } from '../progress.ts';
import { type Problem, type Proof, proveFolder } from '../prove-folder.ts';
import { layOut } from './lay-out.ts';
import { copyAsItLies, type OldDisk, readOldDisk } from './old-disk.ts';
import { type DuplicatePreview, previewDuplicates } from './preview.ts';
import { compareDocuments, type NewerDocuments, renewDocuments } from './renew-documents.ts';
import { renewPeople } from './renew-people.ts';
import { replaysUnderWay } from './replays-under-way.ts';
import { finishSwap, isDecided, restoringFolder, stagedFolder, writePlan } from './swap.ts';

export interface RestoreOptions {
  /** A backup, or a backup folder: then its newest. */
  readonly from: string;
  readonly dataFolder: string;
  /** Where newer switches, erasures and consent are looked for; the data folder unless told. */
  readonly oldFolder: string;
  /** Only says what would happen. */
  readonly isDryRun: boolean;
  /** Restores even where the folder is a restore of this very backup already. */
  readonly isAgain: boolean;
  /** Whether a gateway has the data folder open; only a dry run may. */
  readonly isInUse: boolean;
  readonly connectors: ConnectorRegistry;
  /** Epoch ms. */
  now(): number;
  readonly report: Report;
  readonly disk?: Disk;
  /** Free bytes on a folder's disk; null where unknown. */
  readonly freeBytes?: (folder: string) => number | null;
}

export interface RestoreOutcome {
  readonly backup: {
    readonly id: string;
    readonly folder: string;
    readonly at: number;
    readonly environment: string;
    readonly head: number;
    readonly incarnation: string;
    readonly files: number;
    readonly bytes: number;
  };
  readonly dataFolder: string;
  /** The data folder was a restore of this backup already, and was left as it is. */
  readonly isThereAlready: boolean;
  /** The new incarnation; null where nothing was done. */
  readonly incarnation: string | null;
  /** Folder that the old files are in now, inside the data folder; null where nothing was done. */
  readonly aside: string | null;
  readonly proof: Proof;
  readonly old: {
    /** Its documents, lanes and people could be read. */
    readonly documents: boolean;
    readonly lanes: boolean;
    readonly people: boolean;
    readonly unreadable: OldDisk['unreadable'];
    readonly isSameGateway: boolean;
  };
  /** Events that only the old disk has, because they came after the backup; null where it does not say. */
  readonly lostEvents: number | null;
  readonly duplicates: readonly DuplicatePreview[];
  readonly documents: NewerDocuments;
  /** People whose consent or suppression was newer on the old disk; null where it could not be compared, or in a dry run. */
  readonly people: number | null;
  readonly durationMs: number;
}

const margin = 64 * 1024 * 1024;

/** BACKUP_UNKNOWN, BACKUP_AMBIGUOUS, BACKUP_DAMAGED, DATA_NEWER, RESTORE_NO_ROOM, RESTORE_FAILED. Whoever calls owns the data folder, unless it is a dry run. */
export async function restore(options: RestoreOptions): Promise<Result<RestoreOutcome>> {
  const started = performance.now();
  const located = locateBackup(options.from);
  if (!located.ok) return located;
  const backup = located.value;
  const place = options.isDryRun ? `${backup.folder}.rehearsal` : restoringFolder(options.dataFolder);
  try {
    const outcome = await inPlace(options, backup, place);
    return outcome.ok ? ok({ ...outcome.value, durationMs: Math.round(performance.now() - started) }) : outcome;
  } catch (error) {
    return err(failureOf(error));
  } finally {
    // Once it is decided on, what lies there is needed to finish it.
    if (options.isDryRun || !isDecided(options.dataFolder)) rmSync(place, { recursive: true, force: true });
  }
}

function failureOf(error: unknown): AppError {
  if (error instanceof AppFailure) return error.error;
  const cause = causeOf(error);
  if (cause === null) throw error;
  return appError('RESTORE_FAILED', { cause: cause.replace('the backup disk', 'a disk').replace('the backup folder', 'a folder') });
}

async function inPlace(options: RestoreOptions, backup: CompleteBackup, place: string): Promise<Result<RestoreOutcome>> {
  const { dataFolder, isDryRun, report, disk = realDisk, freeBytes = freeBytesOf } = options;
  const room = isDryRun ? null : noRoom(dataFolder, freeBytes(dataFolder), bytesOf(backup.manifest));
  if (room) return err(room);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true, mode: 0o700 });
  const old = readOldDisk(options.oldFolder, join(place, 'old'), options.isInUse ? disk.snapshot : copyAsItLies);
  try {
    if (!options.isAgain && old.documents?.lineage().at(-1)?.backup === backup.id)
      return ok(outcomeOf(options, backup, old, { isThereAlready: true }));
    const folder = isDryRun ? join(place, 'new') : stagedFolder(dataFolder);
    const problems = isDryRun ? look(backup, folder, report) : layOut(backup, folder, disk, report);
    if (problems.length > 0) return damaged(backup, problems);
    const proof = await proveFolder(folder, backup.manifest);
    if (proof.problems.length > 0) return damaged(backup, proof.problems);
    return await renew(options, backup, old, folder, proof);
  } finally {
    old.close();
  }
}

/** As `layOut`, but nothing large is copied. */
function look(backup: CompleteBackup, folder: string, report: Report): readonly Problem[] {
  const { manifest } = backup;
  report({ phase: 'checking', moreFiles: manifest.files.length, moreBytes: bytesOf(manifest) });
  const problems = [...checkVersions(manifest), ...checkFiles(backup.folder, manifest, report)];
  if (problems.length === 0) openWorkspace(backup.folder, manifest, folder);
  return problems;
}

async function renew(
  options: RestoreOptions,
  backup: CompleteBackup,
  old: OldDisk,
  folder: string,
  proof: Proof,
): Promise<Result<RestoreOutcome>> {
  const { manifest } = backup;
  const opened = openSqliteStore({ file: join(folder, 'control.db'), now: options.now });
  if (!opened.ok) return opened;
  const store = opened.value;
  const incarnation = mint(store, backup, options.now());
  let documents: NewerDocuments;
  let duplicates: readonly DuplicatePreview[];
  try {
    const isSameHistory = old.lanes?.incarnation === manifest.incarnation;
    duplicates = previewDuplicates({
      folder,
      head: manifest.head,
      old: isSameHistory ? old.lanes : null,
      destinations: destinationsOf(store),
      replays: replaysUnderWay(store),
      connectors: options.connectors,
      now: options.now(),
    });
    if (options.isDryRun) {
      documents = compareDocuments(old.documents, store);
      return ok(outcomeOf(options, backup, old, { proof, duplicates, documents }));
    }
    const renewed = renewDocuments(store, old.documents, incarnation, manifest);
    if (!renewed.ok) return renewed;
    documents = renewed.value;
  } finally {
    store.close();
  }
  const people = old.people ? renewPeople(join(folder, 'people.db'), old.people) : null;
  renewLanes(folder, incarnation.id);
  const aside = putInPlace(options, folder, incarnation.id);
  return ok(outcomeOf(options, backup, old, { proof, duplicates, documents, people, incarnation: incarnation.id, aside }));
}

function mint(store: DocumentStore, { id, manifest }: CompleteBackup, at: number): Incarnation {
  return { id: randomBytes(6).toString('hex'), at, head: manifest.head, auditSeq: store.audit(null, 1)[0]?.seq ?? 0, backup: id };
}

function destinationsOf(store: DocumentStore): ReadonlyMap<string, Destination> {
  return new Map(store.list('destination').flatMap(({ id, value }) => (value ? [[id, value] as const] : [])));
}

/** Not part of a backup, and still true: the key that opens sealed credentials, and what somebody holds by hand. */
const keptFiles = ['gateway.key', 'hold'];

function putInPlace({ dataFolder, oldFolder, disk = realDisk }: RestoreOptions, folder: string, incarnation: string): string {
  for (const name of keptFiles) if (existsSync(join(oldFolder, name))) copyFileSync(join(oldFolder, name), join(folder, name));
  for (const name of readdirSync(join(folder, 'log'))) disk.sync(join(folder, 'log', name));
  disk.syncFolder(join(folder, 'log'));
  for (const name of readdirSync(folder)) if (name !== 'log') disk.sync(join(folder, name));
  disk.syncFolder(folder);
  const { aside } = writePlan(dataFolder, incarnation, disk);
  finishSwap(dataFolder, disk);
  return aside;
}

function noRoom(folder: string, freeBytes: number | null, bytes: number): AppError | null {
  const neededBytes = Math.ceil(bytes * 1.05) + margin;
  return freeBytes !== null && freeBytes < neededBytes ? appError('RESTORE_NO_ROOM', { folder, freeBytes, neededBytes }) : null;
}

function damaged({ id, folder }: CompleteBackup, problems: readonly Problem[]): Result<never> {
  return err(appError('BACKUP_DAMAGED', { id, folder, problems: problems.slice(0, 20) }));
}

const nothingProved: Proof = { problems: [], ledgers: 0, balanced: 0, auditIntact: false };

function outcomeOf(
  { dataFolder }: RestoreOptions,
  { id, folder, manifest }: CompleteBackup,
  old: OldDisk,
  found: Partial<Pick<RestoreOutcome, 'isThereAlready' | 'incarnation' | 'aside' | 'proof' | 'duplicates' | 'documents' | 'people'>>,
): RestoreOutcome {
  const { at, environment, head, incarnation, files } = manifest;
  const isSameHistory = old.lanes?.incarnation === incarnation;
  return {
    backup: { id, folder, at, environment, head, incarnation, files: files.length, bytes: bytesOf(manifest) },
    dataFolder,
    isThereAlready: false,
    incarnation: null,
    aside: null,
    proof: nothingProved,
    old: {
      documents: old.documents !== null,
      lanes: old.lanes !== null,
      people: old.people !== null,
      unreadable: old.unreadable,
      isSameGateway: old.documents === null || old.documents.lineage()[0].id === manifest.gateway,
    },
    lostEvents: isSameHistory && old.head !== null ? Math.max(0, old.head - head) : null,
    duplicates: [],
    documents: { taken: [], left: [] },
    people: null,
    ...found,
    durationMs: 0,
  };
}
