/** Which gateway to speak to, and with which token. A token is never taken from the arguments: every user of a host can read those. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { type Secret, secret } from '#contract/secret.ts';
import { z } from '#contract/zod.ts';
import type { Cli } from './report.ts';

export interface Target {
  readonly url: string;
  readonly token: Secret;
}

const defaultUrl = 'ws://127.0.0.1:8401/v1/control';
const controlPath = '/v1/control';
/** Written by the gateway into its data folder. */
const controlFileSchema = z.object({ url: z.string(), token: z.string().min(1) });
type ControlFile = z.output<typeof controlFileSchema>;

/** The gateway's data folder, where the caller named one. */
export function dataFolderOf({ io, options }: Cli): string | null {
  return options.data || io.env.SLUICE_DATA || null;
}

/**
 * URL: `--url`, then SLUICE_URL, then the data folder's control.json, then the default port.
 * Token: SLUICE_TOKEN, then control.json, which is used for its own URL only.
 */
export function findTarget(cli: Cli): Result<Target> {
  const { io, options } = cli;
  const folder = dataFolderOf(cli);
  const control = folder === null ? ok(null) : readControlFile(folder);
  const named = options.url || io.env.SLUICE_URL || null;
  const url = parseUrl(named ?? (control.ok ? control.value?.url : null) ?? defaultUrl);
  if (!url.ok) return url;
  const token = io.env.SLUICE_TOKEN?.trim();
  if (token && !/^[\x21-\x7e]{1,512}$/.test(token)) return err(appError('AUTH_REQUIRED', { SLUICE_TOKEN: 'is no token' }));
  if (token) return ok({ url: url.value, token: secret(token) });
  if (!control.ok) return control;
  const own = control.value && parseUrl(control.value.url);
  if (control.value && own?.ok && own.value === url.value) return ok({ url: url.value, token: secret(control.value.token) });
  return err(
    appError(
      'AUTH_REQUIRED',
      folder === null ? { hint: 'or name the data folder with --data' } : { folder, hint: 'no control.json for this URL there' },
    ),
  );
}

/** A ws or wss URL, with the control path where it has none. Unencrypted only on this host: the token travels in the handshake. */
function parseUrl(text: string): Result<string> {
  const url = URL.parse(text.replace(/^http/, 'ws'));
  if (!url || !/^wss?:$/.test(url.protocol)) return err(appError('INPUT_INVALID', { url: 'is not a ws:// or wss:// URL' }));
  if (url.username || url.password) return err(appError('INPUT_INVALID', { url: 'must not carry a user or password' }));
  if (url.protocol === 'ws:' && !['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)) {
    return err(appError('INPUT_INVALID', { url: 'is unencrypted and not on this host; use wss:// or a tunnel such as ssh -L' }));
  }
  if (url.pathname === '/') url.pathname = controlPath;
  return ok(url.href);
}

function readControlFile(folder: string): Result<ControlFile | null> {
  const file = join(folder, 'control.json');
  try {
    // 0600 by the gateway. A file others can read holds a token others have.
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
      return err(appError('AUTH_REQUIRED', { file, why: 'other users can read it; restart the gateway for a new token, then: chmod 600' }));
    }
    const parsed = controlFileSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? ok(parsed.data) : err(appError('AUTH_REQUIRED', { file, why: 'it is damaged' }));
  } catch (error) {
    if (error instanceof SyntaxError) return err(appError('AUTH_REQUIRED', { file, why: 'it is damaged' }));
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? ok(null)
      : err(appError('AUTH_REQUIRED', { file, why: `it cannot be read (${code})` }));
  }
}
