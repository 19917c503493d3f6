import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { gunzip } from 'node:zlib';
import { type AppError, appError } from '#contract/errors.ts';
import { ok, type Result } from '#contract/result.ts';

/** Bytes of a batch, as sent and unpacked. */
export const MAX_BODY_BYTES = 500 * 1024;

export type BodyEnd = { readonly kind: 'complete'; readonly body: Buffer } | { readonly kind: 'tooLarge' } | { readonly kind: 'aborted' };

/**
 * Collects a request body of at most `limitBytes` and calls back exactly once. On `tooLarge` the
 * rest is left unread, for the caller to deal with.
 */
export function readBody(request: IncomingMessage, limitBytes: number, done: (end: BodyEnd) => void): void {
  let first: Buffer | null = null;
  let more: Buffer[] | null = null;
  let size = 0;
  let isDone = false;
  const finish = (end: BodyEnd) => {
    if (isDone) return;
    isDone = true;
    done(end);
  };
  request.on('data', (chunk: Buffer) => {
    if (isDone) return;
    size += chunk.length;
    if (size > limitBytes) return finish({ kind: 'tooLarge' });
    if (first === null) first = chunk;
    else if (more === null) more = [first, chunk];
    else more.push(chunk);
  });
  request.on('end', () => finish({ kind: 'complete', body: more === null ? (first ?? Buffer.alloc(0)) : Buffer.concat(more, size) }));
  // A sender that goes away in the middle: nothing was received, nothing is counted.
  request.on('error', () => finish({ kind: 'aborted' }));
  request.on('close', () => finish({ kind: 'aborted' }));
}

/** Undoes gzip, cut off at `limitBytes` of output so that a bomb costs no more than an honest body. */
export function unpack(body: Buffer, limitBytes: number, done: (result: Result<Buffer>) => void): void {
  gunzip(body, { maxOutputLength: limitBytes }, (error, output) => {
    if (!error) return done(ok(output));
    const code = 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE' ? 'INGEST_BODY_TOO_LARGE' : 'INGEST_BODY_MALFORMED';
    const details = code === 'INGEST_BODY_TOO_LARGE' ? { limitBytes } : { reason: 'the gzip data is damaged' };
    done({ ok: false, error: appError(code, details) });
  });
}

/** Parses a body: UTF-8, then JSON. Says where it went wrong, never what was there. */
export function parseBody(body: Buffer): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: AppError } {
  if (!isUtf8(body)) return { ok: false, error: appError('INGEST_BODY_MALFORMED', { reason: 'the body is not valid UTF-8' }) };
  try {
    return { ok: true, value: JSON.parse(body.toString('utf8')) };
  } catch (error) {
    return { ok: false, error: appError('INGEST_BODY_MALFORMED', { reason: reasonOf(error, body.length) }) };
  }
}

/** V8's message quotes the body, which may hold personal data: only the position is kept. */
function reasonOf(error: unknown, sizeBytes: number): string {
  if (sizeBytes === 0) return 'the body is empty';
  const position = error instanceof SyntaxError ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
  return position === undefined ? 'it is not JSON, or ends too early' : `not JSON at position ${position}`;
}
