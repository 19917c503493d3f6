/**
 * A disk that forgets in a power cut whatever was not synced: a file's content since its last `sync`, and every name
 * made, moved or removed since the last `syncFolder` of the folder that it is in. Stricter than any file system.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type Disk, realDisk } from '../disk.ts';

export interface ForgetfulDisk extends Disk {
  /** Steps so far. */
  readonly steps: number;
  /** Throws in the step of this number, before it is done, and in every later one. */
  cutAt(step: number): void;
  /** What the disk has under `root` when the power comes back, into another folder. */
  survivors(root: string, to: string): void;
}

/** As a disk that is gone answers. */
export class PowerCut extends Error {
  readonly code = 'EIO';
}

/** @param root everything that is below it already is durable */
export function createForgetfulDisk(root: string): ForgetfulDisk {
  /** Synced contents by inode. */
  const contents = new Map<number, Buffer>();
  /** Names that are durable in each folder, with what they stand for. */
  const folders = new Map<string, Map<string, { readonly inode: number; readonly isFolder: boolean }>>();
  let steps = 0;
  let cutAt = Number.POSITIVE_INFINITY;

  function remember(folder: string): void {
    const names = new Map<string, { inode: number; isFolder: boolean }>();
    for (const name of readdirSync(folder)) {
      const stat = statSync(join(folder, name));
      names.set(name, { inode: stat.ino, isFolder: stat.isDirectory() });
    }
    folders.set(folder, names);
  }
  function rememberAll(folder: string): void {
    remember(folder);
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) rememberAll(path);
      else contents.set(statSync(path).ino, readFileSync(path));
    }
  }
  function write(folder: string, to: string): void {
    mkdirSync(to, { recursive: true });
    for (const [name, { inode, isFolder }] of folders.get(folder) ?? []) {
      if (isFolder) write(join(folder, name), join(to, name));
      // A name that is durable before its content stands for an empty file.
      else writeFileSync(join(to, name), contents.get(inode) ?? '');
    }
  }
  const step = <Args extends readonly unknown[], T>(work: (...args: Args) => T) => {
    return (...args: Args): T => {
      if (++steps >= cutAt) throw new PowerCut(`the power was cut at step ${steps}`);
      return work(...args);
    };
  };

  if (existsSync(root)) rememberAll(root);
  return {
    makeFolder: step((path) => {
      realDisk.makeFolder(path);
      folders.set(path, new Map());
    }),
    copy: step(realDisk.copy),
    snapshot: step(realDisk.snapshot),
    link: step(realDisk.link),
    write: step(realDisk.write),
    rename: step((from, to) => {
      // A folder that is moved takes what is durable in it along.
      for (const [folder, names] of [...folders])
        if (folder === from || folder.startsWith(`${from}/`)) folders.set(to + folder.slice(from.length), names);
      realDisk.rename(from, to);
    }),
    remove: step(realDisk.remove),
    sync: step((path) => {
      realDisk.sync(path);
      contents.set(statSync(path).ino, readFileSync(path));
    }),
    syncFolder: step((path) => {
      realDisk.syncFolder(path);
      remember(path);
    }),
    get steps() {
      return steps;
    },
    cutAt(at) {
      cutAt = at;
    },
    survivors(of, to) {
      if (relative(root, of).startsWith('..') || dirname(of) === of) throw new RangeError(`${of} is not on this disk`);
      write(of, to);
    },
  };
}
