import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SwitchScope } from '#contract/documents/switch.ts';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { addHold, type HoldRemoval, removeHold } from './hold-lines.ts';

export function holdFilePath(dataFolder: string): string {
  return join(dataFolder, 'hold');
}

/** Holds `scope` by the hold file of a data folder. Needs no gateway; a running one reads it within half a second. */
export function holdByFile(dataFolder: string, scope: SwitchScope): Result<string> {
  return guarded(dataFolder, () => {
    const file = holdFilePath(dataFolder);
    replace(file, addHold(readIfThere(file), scope));
    return file;
  });
}

/** Takes `scope` out of the hold file, and the file away when it holds nothing more. */
export function releaseByFile(dataFolder: string, scope: SwitchScope): Result<HoldRemoval> {
  return guarded(dataFolder, () => {
    const file = holdFilePath(dataFolder);
    const removal = removeHold(readIfThere(file), scope);
    if (removal.isRemoved && removal.text === null) rmSync(file, { force: true });
    else if (removal.isRemoved && removal.text !== null) replace(file, removal.text);
    return removal;
  });
}

/** Whether the file names `scope`. */
export function isHeldByFile(dataFolder: string, scope: SwitchScope): boolean {
  const removal = guarded(dataFolder, () => removeHold(readIfThere(holdFilePath(dataFolder)), scope));
  return removal.ok && removal.value.isRemoved;
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** At once, so that the gateway never reads half of it. Readable by all: it may run as another user, and holds no secret. */
function replace(file: string, text: string): void {
  const fresh = `${file}.${process.pid}.new`;
  writeFileSync(fresh, text, { mode: 0o644 });
  renameSync(fresh, file);
}

function guarded<T>(folder: string, task: () => T): Result<T> {
  try {
    return ok(task());
  } catch (error) {
    return err(appError('DATA_READONLY', { folder, cause: codeOf(error) }));
  }
}

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code);
  throw error;
}
