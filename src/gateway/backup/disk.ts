/**
 * What backups and restores do to a disk, each step by itself, so that a test can take away whatever was not
 * synced. Nothing here is durable until `sync` (a file's content) and `syncFolder` (the names in it).
 */
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

export interface Disk {
  makeFolder(path: string): void;
  /** Copies bytes; `each` sees them as they pass. Fails where `to` is there. */
  copy(from: string, to: string, each: (bytes: Uint8Array) => void): void;
  /** A copy of one snapshot of a database, without free pages and without a WAL; whoever writes it goes on. */
  snapshot(from: string, to: string): void;
  /** Fails where the file system has no hard links. */
  link(from: string, to: string): void;
  write(path: string, text: string): void;
  rename(from: string, to: string): void;
  remove(path: string): void;
  sync(path: string): void;
  syncFolder(path: string): void;
}

const sliceBytes = 1024 * 1024;
/** A file written in one go would make the next sync of anybody else wait for all of it. */
const syncEveryBytes = 16 * sliceBytes;

function withFile<T>(path: string, flags: string, work: (file: number) => T): T {
  const file = openSync(path, flags, 0o600);
  try {
    return work(file);
  } finally {
    closeSync(file);
  }
}

function copy(from: string, to: string, each: (bytes: Uint8Array) => void): void {
  const buffer = new Uint8Array(sliceBytes);
  withFile(from, 'r', (source) =>
    withFile(to, 'wx', (target) => {
      let unsynced = 0;
      for (let count = readSync(source, buffer); count > 0; count = readSync(source, buffer)) {
        const slice = buffer.subarray(0, count);
        for (let at = 0; at < count; ) at += writeSync(target, slice, at);
        unsynced += count;
        if (unsynced >= syncEveryBytes) {
          fsyncSync(target);
          unsynced = 0;
        }
        each(slice);
      }
    }),
  );
}

function snapshot(from: string, to: string): void {
  // SQLite would make an empty database of a file that is not there.
  statSync(from);
  // Whoever closes a database last empties its WAL and removes it, by its name. A backup that outlives its gateway shall
  // not: by then another gateway, or a restore, may have put a WAL of its own there.
  const db = new DatabaseSync(from, { readOnly: true, timeout: 5000 });
  try {
    // Made beforehand: SQLite would leave the new file readable by everybody.
    closeSync(openSync(to, 'wx', 0o600));
    db.prepare('VACUUM INTO ?').run(to);
  } finally {
    db.close();
  }
}

function syncFolder(path: string): void {
  // Windows has no such thing: its renames are in the journal.
  if (process.platform === 'win32') return;
  withFile(path, 'r', fsyncSync);
}

export const realDisk: Disk = {
  makeFolder: (path) => mkdirSync(path, { mode: 0o700 }),
  copy,
  snapshot,
  link: linkSync,
  write: (path, text) => writeFileSync(path, text, { mode: 0o600, flag: 'wx' }),
  rename: renameSync,
  remove(path) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) rmSync(path, { recursive: true });
    else unlinkSync(path);
  },
  sync: (path) => withFile(path, 'r+', fsyncSync),
  syncFolder,
};

/** Writes a file so that after a power cut it is there as a whole or not at all. Its folder must be there durably. */
export function writeDurably(disk: Disk, folder: string, name: string, text: string): void {
  const path = `${folder}/${name}`;
  const draft = `${path}.new`;
  disk.write(draft, text);
  disk.sync(draft);
  disk.rename(draft, path);
  disk.syncFolder(folder);
}
