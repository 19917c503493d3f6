import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { gunzip } from 'node:zlib';
import { type AppError, appError } from '#contract/errors.ts';
import { ok, type Result } from '#contract/result.ts';

/** Bytes of a batch, as sent and unpacked. */
export const MAX_BODY_BYTES = 500 * 1024;

export type BodyEnd = { readonly kind: 'complete'; readonly body: Buffer } | { readonly kind: 'tooLarge' };

/**
 * Collects a request body and calls back once, unless the sender goes away: then never, unless
 * `onGone` is given. `declaredBytes` is the Content-Length, at most `limitBytes`; null where there is none
 * (chunked). On `tooLarge` the rest is left unread, for the caller to deal with.
 *
 * Listeners are what costs here: with a declared length one is enough.
 */
export function readBody(
  request: IncomingMessage,
  declaredBytes: number | null,
  limitBytes: number,
  done: (end: BodyEnd) => void,
  onGone?: () => void,
): void {
  let chunks: Buffer | Buffer[] | null = null;
  let size = 0;
  let isDone = false;
  const finish = (end: BodyEnd) => {
    isDone = true;
    done(end);
  };
  if (declaredBytes === 0) return finish({ kind: 'complete', body: Buffer.alloc(0) });
  request.on('data', (chunk: Buffer) => {
    if (isDone) return;
    size += chunk.length;
    if (size > limitBytes) return finish({ kind: 'tooLarge' });
    if (chunks === null) chunks = chunk;
    else if (Array.isArray(chunks)) chunks.push(chunk);
    else chunks = [chunks, chunk];
    if (size === declaredBytes) finish({ kind: 'complete', body: joined(chunks) });
  });
  if (declaredBytes === null) request.on('end', () => !isDone && finish({ kind: 'complete', body: joined(chunks) }));
  if (onGone) request.on('close', () => !isDone && onGone());
}

function joined(chunks: Buffer | readonly Buffer[] | null): Buffer {
  if (chunks === null) return Buffer.alloc(0);
  return Buffer.isBuffer(chunks) ? chunks : Buffer.concat(chunks);
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
