/**
 * One owner per data folder. The lock is a SQLite file held with BEGIN EXCLUSIVE: the operating
 * system frees it when its holder dies, however it dies. Who holds it stands in a file beside
 * it, which is information, never the lock.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { z } from '#contract/zod.ts';
import { preparePrivateFolder, writePrivateFile } from './private-file.ts';

const ownerSchema = z.strictObject({
  pid: z.number().int(),
  /** `console in a browser`, `console in Electron`. */
  who: z.string(),
  /** Where a second start may ask the owner to show itself, and what it must present there. */
  door: z.strictObject({ url: z.string(), key: z.string() }).nullable(),
});
export type Owner = z.output<typeof ownerSchema>;

export interface Ownership {
  /** Tells later starts how to reach this one. */
  announce(door: NonNullable<Owner['door']>): void;
  release(): void;
}

/** Folder and file names of the lock; the owner's file is readable by its user only, for it holds the door's key. */
const lockFile = 'owner.lock';
const ownerFile = 'owner.json';
const sqliteBusy = 5;

/**
 * Takes a data folder for this process, making it where it is missing.
 * @returns DATA_LOCKED with `details.owner` (pid, who) while another process holds it; DATA_READONLY.
 */
export function acquireOwnership(folder: string, who: string): Result<Ownership> {
  const prepared = preparePrivateFolder(folder);
  if (!prepared.ok) return prepared;
  const database = new DatabaseSync(join(folder, lockFile), { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
  } catch (thrown) {
    database.close();
    if (!isBusy(thrown)) return err(appError('DATA_CORRUPT', { file: join(folder, lockFile), cause: messageOf(thrown) }));
    const owner = readOwner(folder);
    return err(appError('DATA_LOCKED', { folder, ...(owner ? { owner: { pid: owner.pid, who: owner.who } } : {}) }));
  }
  const write = (door: Owner['door']): void =>
    writePrivateFile(join(folder, ownerFile), JSON.stringify({ pid: process.pid, who, door } satisfies Owner));
  write(null);
  let isReleased = false;
  return ok({
    announce: write,
    release() {
      if (isReleased) return;
      isReleased = true;
      // The name goes first: once the lock is free the file may be the next owner's.
      rmSync(join(folder, ownerFile), { force: true });
      database.close();
    },
  });
}

/** Who last took the folder, as far as it can be read. */
export function readOwner(folder: string): Owner | null {
  try {
    return ownerSchema.parse(JSON.parse(readFileSync(join(folder, ownerFile), 'utf8')));
  } catch {
    return null;
  }
}

function isBusy(thrown: unknown): boolean {
  return thrown instanceof Error && 'errcode' in thrown && thrown.errcode === sqliteBusy;
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
