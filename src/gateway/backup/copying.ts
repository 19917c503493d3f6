/**
 * The half of a backup that touches disks, in a process of its own: a slow or hanging backup disk stalls nothing else.
 * What goes wrong on the backup's side is StoreFailure BACKUP_FAILED.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { openForReading, sizeOf } from '#gateway/log/sqlite/segment-file.ts';
import { primaryCode } from '#gateway/log/sqlite/sqlite-errors.ts';
import { StoreFailure } from '#gateway/log/sqlite/store-failure.ts';
import { type Disk, realDisk, writeDurably } from './disk.ts';

/** What a file was when it was copied, so that a later backup knows whether it still is. */
export interface SourceState {
  /** Nanoseconds, as text: they do not fit a number. */
  readonly mtimeNs: string;
  readonly bytes: number;
}

export interface CopiedFile {
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  /** Version of its form (`user_version`). */
  readonly version: number;
}

export interface CopiedSegment extends CopiedFile {
  readonly source: SourceState;
  /** It is the same file as in an earlier backup: nothing was copied. */
  readonly isLinked: boolean;
}

/** The same segment in an earlier backup. */
export interface FormerSegment extends CopiedFile {
  readonly path: string;
  readonly source: SourceState;
}

/** Cursors of the copied lanes, for the manifest. */
export interface CopiedCursor {
  readonly destination: string;
  readonly cursor: number;
}

export interface CopyOps {
  /** Makes the folders of a backup, durably; `mark` says whose it is before there is a manifest. */
  begin(input: { readonly folder: string; readonly mark: string }): null;
  /** Null where the database is not there. */
  snapshot(input: { readonly from: string; readonly to: string }): CopiedFile | null;
  segment(input: {
    readonly from: string;
    readonly to: string;
    readonly former: FormerSegment | null;
    readonly bytesPerSecond: number;
  }): CopiedSegment;
  cursors(input: { readonly lanes: string }): readonly CopiedCursor[];
  /** Writes a text beside a backup's files, durably. */
  note(input: { readonly folder: string; readonly name: string; readonly text: string }): null;
  /** Makes everything in the folder durable, and only then the manifest. */
  finish(input: { readonly folder: string; readonly manifest: string }): null;
  remove(input: { readonly folder: string }): null;
}

export const manifestName = 'manifest.json';
export const markName = 'begun.json';

const causes: Readonly<Record<string, string>> = {
  ENOSPC: 'the backup disk is full',
  EDQUOT: 'the backup disk is full',
  ENOENT: 'the backup folder is gone',
  ENOTDIR: 'the backup folder is gone',
  ENODEV: 'the backup disk is gone',
  ESTALE: 'the backup disk is gone',
  EIO: 'the backup disk fails',
  EROFS: 'the backup folder cannot be written',
  EACCES: 'the backup folder cannot be written',
  EPERM: 'the backup folder cannot be written',
};
const sqliteCauses: ReadonlyMap<number | null, string> = new Map([
  [13, 'the backup disk is full'],
  [14, 'the backup folder is gone or cannot be written'],
  [10, 'the backup disk fails'],
  [8, 'the backup folder cannot be written'],
]);

/** What a disk failed with, in words; null for a bug. */
export function causeOf(error: unknown): string | null {
  const sqlite = sqliteCauses.get(primaryCode(error));
  if (sqlite !== undefined) return sqlite;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return causes[code] ?? (/^E[A-Z]+$/.test(code) ? `the disk answered ${code}` : null);
}

function onBackupDisk<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const cause = error instanceof StoreFailure ? null : causeOf(error);
    throw cause === null ? error : new StoreFailure('BACKUP_FAILED', { cause, file: basename(file) });
  }
}

/** SHA-256 of a file, hex. */
export function hashOf(path: string, each: (bytes: number) => void = () => {}): string {
  const hash = createHash('sha256');
  const buffer = new Uint8Array(1024 * 1024);
  const file = openSync(path, 'r');
  try {
    for (let count = readSync(file, buffer); count > 0; count = readSync(file, buffer)) {
      hash.update(buffer.subarray(0, count));
      each(count);
    }
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}

export function sourceState(path: string): SourceState {
  const { mtimeNs, size } = statSync(path, { bigint: true });
  return { mtimeNs: String(mtimeNs), bytes: Number(size) };
}

/** `user_version` of a copy, which has no WAL, from its header (https://www.sqlite.org/fileformat.html#the_database_header). */
function readVersion(path: string): number {
  const header = Buffer.alloc(64);
  const file = openSync(path, 'r');
  try {
    readSync(file, header);
  } finally {
    closeSync(file);
  }
  return header.readUInt32BE(60);
}

/** Waits as long as it takes for `bytes` to be as slow as wanted. Nobody waits with it. */
function createPace(bytesPerSecond: number): (bytes: number) => void {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  let dueAt = performance.now();
  return (bytes) => {
    const now = performance.now();
    dueAt = Math.max(dueAt, now - 100) + (bytes / bytesPerSecond) * 1000;
    if (dueAt > now) Atomics.wait(cell, 0, 0, dueAt - now);
  };
}

const isSame = (a: SourceState, b: SourceState) => a.mtimeNs === b.mtimeNs && a.bytes === b.bytes;

export function createCopyOps(disk: Disk = realDisk): CopyOps {
  function linked(to: string, former: FormerSegment | null, source: SourceState): CopiedSegment | null {
    if (!former || !isSame(former.source, source) || sizeOf(former.path) !== former.bytes) return null;
    try {
      disk.link(former.path, to);
    } catch {
      // No hard links here, or too many: the file is copied as if it had not been there.
      return null;
    }
    const { bytes, sha256, version } = former;
    return { bytes, sha256, version, source, isLinked: true };
  }

  function snapshotOf(from: string, to: string): CopiedFile {
    disk.snapshot(from, to);
    disk.sync(to);
    return { bytes: sizeOf(to), sha256: hashOf(to), version: readVersion(to) };
  }

  function copied(from: string, to: string, bytesPerSecond: number): CopiedFile {
    const hash = createHash('sha256');
    const pace = createPace(bytesPerSecond);
    disk.copy(from, to, (bytes) => {
      hash.update(bytes);
      pace(bytes.length);
    });
    disk.sync(to);
    return { bytes: sizeOf(to), sha256: hash.digest('hex'), version: readVersion(to) };
  }

  return {
    begin({ folder, mark }) {
      return onBackupDisk(folder, () => {
        disk.makeFolder(folder);
        disk.makeFolder(`${folder}/log`);
        disk.syncFolder(dirname(folder));
        writeDurably(disk, folder, markName, mark);
        return null;
      });
    },
    snapshot({ from, to }) {
      if (!statSync(from, { throwIfNoEntry: false })) return null;
      return onBackupDisk(to, () => snapshotOf(from, to));
    },
    segment({ from, to, former, bytesPerSecond }) {
      if (!statSync(from, { throwIfNoEntry: false }))
        throw new StoreFailure('BACKUP_FAILED', { cause: 'old events were removed to make room' });
      return onBackupDisk(to, () => {
        const untouched = sizeOf(`${from}-wal`) === 0 ? linked(to, former, sourceState(from)) : null;
        return (
          untouched ??
          whileStill(from, (source) => {
            if (source === null) return { ...snapshotOf(from, to), source: sourceState(from), isLinked: false };
            return linked(to, former, source) ?? { ...copied(from, to, bytesPerSecond), source, isLinked: false };
          })
        );
      });
    },
    cursors({ lanes }) {
      const db = openForReading(lanes);
      try {
        const rows = db.prepare('SELECT destination, cursor FROM lane WHERE closed_at IS NULL ORDER BY ordinal').all();
        return rows.map((row) => ({ destination: String(row.destination), cursor: Number(row.cursor) }));
      } finally {
        db.close();
      }
    },
    note({ folder, name, text }) {
      return onBackupDisk(name, () => {
        writeDurably(disk, folder, name, text);
        return null;
      });
    },
    finish({ folder, manifest }) {
      return onBackupDisk(manifestName, () => {
        disk.syncFolder(`${folder}/log`);
        disk.syncFolder(folder);
        writeDurably(disk, folder, manifestName, manifest);
        return null;
      });
    },
    remove({ folder }) {
      return onBackupDisk(folder, () => {
        // Without its manifest, what is left by a crash here is no backup any more.
        if (statSync(`${folder}/${manifestName}`, { throwIfNoEntry: false })) {
          disk.remove(`${folder}/${manifestName}`);
          disk.syncFolder(folder);
        }
        disk.remove(folder);
        return null;
      });
    },
  };
}

/**
 * Runs `work` while nobody can write a sealed segment's file: with its WAL empty, a reader keeps checkpoints (erasure's)
 * out. Null: the WAL could not be emptied now, so the file alone is not all of it.
 */
function whileStill<T>(path: string, work: (source: SourceState | null) => T): T {
  const db = openForReading(path);
  try {
    db.exec('PRAGMA wal_checkpoint(TRUNCATE); BEGIN');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    outwaitClock(path);
    return work(sizeOf(`${path}-wal`) === 0 ? sourceState(path) : null);
  } finally {
    db.close();
  }
}

/**
 * A file system tells times in steps of some milliseconds (a few, of seconds). What is written in the step of the last
 * write could not be told from it, so that step is let pass.
 */
function outwaitClock(path: string): void {
  const { mtimeNs, mtimeMs } = statSync(path, { bigint: true });
  const stepMs = mtimeNs % 1_000_000_000n === 0n ? 2000 : 30;
  const leftMs = Number(mtimeMs) + stepMs - Date.now();
  if (leftMs > 0 && leftMs <= stepMs) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, leftMs);
}
