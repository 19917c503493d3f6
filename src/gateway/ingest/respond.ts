import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AppError, httpStatus } from '#contract/errors.ts';
import type { Rejected } from './accept.ts';
import { limitHeaders } from './limits/limit-error.ts';

/** Errors named in an answer; a batch may have thousands. */
const MAX_NAMED = 100;
/** How much of a body nobody wants is still read, and for how long, so that the sender gets to see the answer. */
const LINGER_BYTES = 1024 * 1024;
const LINGER_MS = 2000;

const shared = ['content-type', 'application/json', 'access-control-allow-origin', '*'] as const;

/** A string and not a Buffer: Node then writes head and body in one piece. */
const successBody = '{"success":true}';
const successHeaders = [...shared, 'content-length', String(successBody.length)];

/** The usual answer. */
export function answerSuccess(response: ServerResponse): void {
  response.writeHead(200, successHeaders);
  response.end(successBody);
}

/** Seconds after which a sender should try again, where an error passes. */
const retryAfterSeconds: Partial<Record<AppError['code'], number>> = {
  INGEST_OVERLOADED: 1,
  INGEST_STARTING: 2,
  INGEST_STORE_FAILED: 5,
  INGEST_DISK_FULL: 30,
};

/** An error from the catalogue as JSON: `{ success: false, error: { code, message, suggestedAction, details } }`. */
export function answerError(response: ServerResponse, error: AppError, rejected?: readonly Rejected[]): void {
  const body = errorBody(error, rejected);
  const status = httpStatus(error.code);
  response.writeHead(status, [...errorHeaders(error, status), 'content-length', String(body.length)]);
  response.end(body);
}

/** Some events of a batch are stored, some perhaps in quarantine, the others are named with the reason. */
export function answerPartly(response: ServerResponse, accepted: number, rejected: readonly Rejected[], quarantined = 0): void {
  const apart = quarantined > 0 ? { quarantined } : {};
  answerJson(response, 200, { success: true, accepted, ...apart, ...(rejected.length > 0 ? named(rejected) : {}) });
}

export function answerJson(response: ServerResponse, status: number, value: unknown, headers: readonly string[] = []): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, [...shared, ...headers, 'content-length', String(body.length)]);
  response.end(body);
}

/**
 * Answers without having read the body. A small rest is read and forgotten, so that the connection
 * lives on; otherwise it closes.
 */
export function decline(request: IncomingMessage, response: ServerResponse, error: AppError): void {
  const length = declaredLength(request);
  const isSmall = length === null ? request.headers['transfer-encoding'] === undefined : length <= LINGER_BYTES;
  // Who asked first (Expect: 100-continue) sends nothing after a no; whether it will is its choice, so the connection ends.
  if (request.headers.expect !== undefined) answerLast(response, error);
  else if (isSmall) answerError(response, error);
  else answerAndClose(request, response, error);
}

function answerLast(response: ServerResponse, error: AppError): void {
  response.setHeader('connection', 'close');
  answerError(response, error);
}

/** Bytes that the sender says will come; null where it does not say. */
export function declaredLength(request: IncomingMessage): number | null {
  const length = request.headers['content-length'];
  return length === undefined ? null : Number(length);
}

/**
 * Answers an error while more body is coming than we will read. The answer goes out whole, and the
 * connection closes a moment later: closing at once would reset it under the sender, which may then
 * never see why.
 */
export function answerAndClose(request: IncomingMessage, response: ServerResponse, error: AppError): void {
  const body = errorBody(error);
  const status = httpStatus(error.code);
  response.writeHead(status, [...errorHeaders(error, status), 'connection', 'close', 'content-length', String(body.length)]);
  // Not `end`: Node would close the socket as soon as the answer is written.
  response.write(body);
  const finish = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(finish, LINGER_MS);
  timer.unref();
  let unwanted = 0;
  request.on('data', (chunk: Buffer) => {
    unwanted += chunk.length;
    if (unwanted > LINGER_BYTES) {
      request.pause();
      finish();
    }
  });
  request.once('end', finish);
  request.once('close', finish);
  request.resume();
}

/** Bytes for a client that did not even speak HTTP; written to the bare socket. */
export function rawError(error: AppError, statusText: string): string {
  const body = errorBody(error).toString();
  return `HTTP/1.1 ${httpStatus(error.code)} ${statusText}\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

function errorHeaders(error: AppError, status: number): string[] {
  const headers: string[] = [...shared];
  const retryAfter = retryAfterSeconds[error.code];
  if (retryAfter !== undefined) headers.push('retry-after', String(retryAfter));
  headers.push(...limitHeaders(error.details));
  if (typeof error.details?.allow === 'string') headers.push('allow', error.details.allow);
  if (status === 401) headers.push('www-authenticate', 'Basic realm="write key"');
  return headers;
}

function errorBody(error: AppError, rejected?: readonly Rejected[]): Buffer {
  const { code, message, suggestedAction, details } = error;
  return Buffer.from(
    JSON.stringify({ success: false, error: { code, message, suggestedAction, details }, ...(rejected ? named(rejected) : {}) }),
  );
}

function named(rejected: readonly Rejected[]): object {
  const errors = rejected
    .slice(0, MAX_NAMED)
    .map(({ index, error: { code, message, suggestedAction, details } }) => ({ index, code, message, suggestedAction, details }));
  return { rejected: rejected.length, errors };
}
