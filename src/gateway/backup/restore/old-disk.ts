/**
 * What can still be read of the folder that a restore replaces. Its files are copied first: opening a database with a WAL
 * writes it, and this folder is evidence.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from '#contract/zod.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import { openSqliteStore } from '#gateway/control/sqlite-store.ts';
import { openLanes } from '#gateway/log/sqlite/lanes-file.ts';
import { StoreFailure } from '#gateway/log/sqlite/store-failure.ts';
import { openPeopleDb, type PeopleDb } from '#gateway/people/open-people-db.ts';
import { causeOf } from '../copying.ts';

export interface OldLanes {
  readonly database: DatabaseSync;
  readonly incarnation: string;
}

/** Each part is there or not by itself. */
export interface OldDisk {
  readonly documents: DocumentStore | null;
  readonly lanes: OldLanes | null;
  readonly people: PeopleDb | null;
  /** Last seq of its log. */
  readonly head: number | null;
  /** Why a part cannot be read, in words. */
  readonly unreadable: readonly { readonly file: string; readonly why: string }[];
  close(): void;
}

const incarnationRow = z.object({ id: z.string() });

/** How a database is copied: with its WAL as it lies there, or as a snapshot where a gateway is writing it. */
export type CopyDatabase = (from: string, to: string) => void;

export const copyAsItLies: CopyDatabase = (from, to) => {
  for (const suffix of ['', '-wal']) if (existsSync(`${from}${suffix}`)) copyFileSync(`${from}${suffix}`, `${to}${suffix}`);
};

/** @param scratch a folder that may be made; whoever calls removes it after `close` */
export function readOldDisk(folder: string, scratch: string, copy: CopyDatabase): OldDisk {
  const unreadable: { file: string; why: string }[] = [];
  mkdirSync(scratch, { recursive: true, mode: 0o700 });

  /** Null where the file is not there, or cannot be read. */
  function part<T>(name: string, file: string, read: (path: string) => T): T | null {
    if (!existsSync(join(folder, file))) return null;
    try {
      copy(join(folder, file), join(scratch, name));
      return read(join(scratch, name));
    } catch (error) {
      const why = error instanceof StoreFailure ? error.message : causeOf(error);
      if (why === null && !(error instanceof Error && 'errcode' in error)) throw error;
      unreadable.push({ file, why: why ?? 'it is damaged' });
      return null;
    }
  }

  const documents = part('control.db', 'control.db', (path) => {
    const store = openSqliteStore({ file: path, now: Date.now });
    if (!store.ok) throw new StoreFailure(store.error.code, store.error.details ?? {});
    return store.value;
  });
  const people = part('people.db', 'people.db', (path) => {
    const opened = openPeopleDb(path);
    if (!opened.ok) throw new StoreFailure(opened.error.code, opened.error.details ?? {});
    return opened.value;
  });
  const lanes = part('lanes.db', 'lanes.db', () => openOldLanes(scratch));
  const newest = newestSegment(folder);
  const head = newest === null ? null : part('segment.db', `log/${newest}`, readHead);
  return {
    documents,
    lanes,
    people,
    head,
    unreadable,
    close() {
      documents?.close();
      people?.database.close();
      lanes?.database.close();
    },
  };
}

function openOldLanes(folder: string): OldLanes | null {
  const database = openLanes(folder);
  const row = incarnationRow.safeParse(database.prepare('SELECT id FROM incarnation').get());
  if (row.success) return { database, incarnation: row.data.id };
  database.close();
  return null;
}

function newestSegment(folder: string): string | null {
  try {
    const names = readdirSync(join(folder, 'log')).filter((name) => /^segment-\d{16}\.db$/.test(name));
    return names.sort().at(-1) ?? null;
  } catch {
    return null;
  }
}

function readHead(path: string): number {
  const database = new DatabaseSync(path);
  try {
    return Number(database.prepare('SELECT max(first_seq + count) - 1 AS head FROM chunk').get()?.head ?? 0);
  } finally {
    database.close();
  }
}
