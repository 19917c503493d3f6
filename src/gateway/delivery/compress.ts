/** gzip of request bodies (RFC 1952). */
import { constants, gzip, gzipSync } from 'node:zlib';
import type { WireRequest } from './line.ts';

/** Shorter bodies fit one packet anyway. */
const minGzipBytes = 1024;
/** Longer ones are compressed off the loop that all lanes share: at level 1 this much takes about 0.1 ms on it. */
const maxBytesAtOnce = 16 * 1024;
/** The fastest level: three quarters of the saving for a third of the time. */
const options = { level: constants.Z_BEST_SPEED } as const;

function zipped(request: WireRequest, body: Uint8Array): WireRequest {
  return { ...request, headers: { ...request.headers, 'content-encoding': 'gzip' }, body };
}

/** Calls back, at once or later, with the request as it is to be sent. */
export function compressed(request: WireRequest, done: (ready: WireRequest) => void): void {
  const { body, headers } = request;
  if (body === null || body.length < minGzipBytes || headers['content-encoding'] !== undefined) return done(request);
  if (body.length <= maxBytesAtOnce) return done(zipped(request, gzipSync(body, options)));
  gzip(body, options, (error, zip) => done(error === null ? zipped(request, zip) : request));
}
