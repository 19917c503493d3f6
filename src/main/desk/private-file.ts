import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';

/** Makes a folder that only its owner may enter. DATA_READONLY when it cannot be made or written. */
export function preparePrivateFolder(folder: string): Result<void> {
  const trial = join(folder, `.write-trial-${randomBytes(4).toString('hex')}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(trial, '', { mode: 0o600 });
    rmSync(trial);
    return ok(undefined);
  } catch (thrown) {
    return err(appError('DATA_READONLY', { folder, cause: thrown instanceof Error ? thrown.message : String(thrown) }));
  }
}

/** Writes a file that only its owner may read, in one step: a reader sees the old text or the new. */
export function writePrivateFile(path: string, text: string): void {
  const draft = `${path}.${randomBytes(4).toString('hex')}.draft`;
  writeFileSync(draft, text, { mode: 0o600, flag: 'wx', flush: true });
  renameSync(draft, path);
}
