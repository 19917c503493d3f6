/**
 * One gateway per data folder. The lock is a SQLite file held with BEGIN EXCLUSIVE: the operating
 * system releases it when the process dies, however it dies, and no stale file is ever left to judge.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';

export interface Ownership {
  release(): void;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function ownerOf(folder: string): string {
  try {
    return readFileSync(join(folder, 'owner.txt'), 'utf8').slice(0, 200).trim();
  } catch {
    return 'another process';
  }
}

/**
 * Takes the data folder, creating it where needed.
 * @param who what to tell a second process, e.g. `gateway, process 4711`
 * @returns DATA_LOCKED with the owner, or DATA_READONLY
 */
export function takeOwnership(folder: string, who: string): Result<Ownership> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    return err(appError('DATA_READONLY', { folder, cause: codeOf(error) }));
  }
  let lock: DatabaseSync | null = null;
  try {
    lock = new DatabaseSync(join(folder, 'owner.lock'));
    lock.exec('PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE;');
    writeFileSync(join(folder, 'owner.txt'), `${who}\n`, { mode: 0o600 });
  } catch (error) {
    lock?.close();
    const isBusy = error instanceof Error && /locked|busy/i.test(error.message);
    return err(
      isBusy ? appError('DATA_LOCKED', { folder, owner: ownerOf(folder) }) : appError('DATA_READONLY', { folder, cause: codeOf(error) }),
    );
  }
  const held = lock;
  return ok({ release: () => held.close() });
}
