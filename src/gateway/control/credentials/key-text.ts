import { closeSync, fsyncSync, linkSync, openSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';

export interface KeyTextOptions {
  readonly dataFolder: string;
  /** SLUICE_KEY, and CREDENTIALS_DIRECTORY as systemd sets it. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface KeyText {
  readonly text: string;
  readonly from: 'environment' | 'systemd' | 'file';
}

/** Name of the key in the data folder. Not part of a backup: without it the backup's secrets stay sealed. */
const keyFileName = 'gateway.key';
const systemdName = 'sluice-key';

/** Finds the private key's text, or has `make` make one and keeps it. GATEWAY_KEY_UNUSABLE, DATA_READONLY. */
export function readKeyText({ dataFolder, env }: KeyTextOptions, make: () => string): Result<KeyText> {
  const given = env.SLUICE_KEY;
  if (given !== undefined && given !== '') return ok({ text: given, from: 'environment' });
  const folder = env.CREDENTIALS_DIRECTORY;
  const systemd = folder === undefined || folder === '' ? null : readKey(join(folder, systemdName), 'systemd');
  if (systemd !== null) return systemd;
  const file = join(dataFolder, keyFileName);
  return readKey(file, 'file') ?? makeKey(file, make());
}

/** null: there is no such file. */
function readKey(file: string, from: 'systemd' | 'file'): Result<KeyText> | null {
  try {
    // systemd's folder is private to the unit, whatever the bits on the file say; Windows has no such bits.
    const isShared = from === 'file' && process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0;
    if (isShared) return err(appError('GATEWAY_KEY_UNUSABLE', { file, why: 'others than its owner may read it: chmod 600' }));
    return ok({ text: readFileSync(file, 'utf8'), from });
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return null;
    return err(appError('GATEWAY_KEY_UNUSABLE', { file, why: `it cannot be read (${codeOf(thrown)})` }));
  }
}

/** Written aside and linked into place: a crash leaves no half key, and of two starters one wins. */
function makeKey(file: string, text: string): Result<KeyText> {
  const aside = `${file}.${process.pid}`;
  try {
    const handle = openSync(aside, 'wx', 0o600);
    try {
      writeFileSync(handle, `${text}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    try {
      linkSync(aside, file);
    } finally {
      unlinkSync(aside);
    }
    return ok({ text, from: 'file' });
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST')
      return readKey(file, 'file') ?? err(appError('GATEWAY_KEY_UNUSABLE', { file, why: 'it vanished while it was read' }));
    return err(appError('DATA_READONLY', { file, why: codeOf(thrown) }));
  }
}

function codeOf(thrown: unknown): string {
  if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string') return thrown.code;
  throw thrown;
}
