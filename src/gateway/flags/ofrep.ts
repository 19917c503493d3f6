/**
 * OFREP, OpenFeature's remote evaluation protocol (github.com/open-feature/protocol): apps ask what flags come to for a
 * context, one or all of them, and are told when to ask again.
 *
 *   POST /ofrep/v1/evaluate/flags/{key}   one flag
 *   POST /ofrep/v1/evaluate/flags         all, with an ETag; 304 while nothing changed
 *   GET  /ofrep/v1/events?key=            Server-Sent Events: `refetchEvaluation` after each change, and at once where one was missed
 *
 * A source's write key admits (Bearer, X-API-Key, or in the query where an EventSource cannot say it otherwise): what a
 * flag comes to is as public as the key.
 */
import { hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from '#contract/zod.ts';
import { parseBody, readBody } from '#gateway/ingest/body.ts';
import { answerJson, declaredLength } from '#gateway/ingest/respond.ts';
import type { FlagContext, FlagSet } from './flag-set.ts';

export interface OfrepOptions {
  flags(): FlagSet;
  /** The source of a write key; null where it is unknown or switched off. */
  sourceOf(writeKey: string): string | null;
  /** Calls back after each change of the flags; returns the unsubscriber. */
  watch(changed: () => void): () => void;
  /** How often a silent stream says that it lives, ms. Default 25,000. */
  readonly keepAliveMs?: number;
}

export interface Ofrep {
  /** Answers a request for a path of OFREP; false where it is for something else. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** Ends all streams. */
  close(): void;
}

const prefix = '/ofrep/v1/';
const maxBodyBytes = 64 * 1024;
const maxStreams = 10_000;
const bodySchema = z.object({ context: z.record(z.string(), z.unknown()).default({}) });
const exposeEtag = ['access-control-expose-headers', 'etag'] as const;

export function createOfrep({ flags, sourceOf, watch, keepAliveMs = 25_000 }: OfrepOptions): Ofrep {
  const streams = new Set<ServerResponse>();
  const unwatch = watch(() => {
    const message = refetch(flags());
    for (const stream of streams) stream.write(message);
  });
  const keepAlive = setInterval(() => {
    for (const stream of streams) stream.write(': alive\n\n');
  }, keepAliveMs);
  keepAlive.unref();

  function evaluateOne(key: string, context: FlagContext, response: ServerResponse): void {
    const set = flags();
    const found = set.exposed.includes(key)
      ? set.evaluate(key, context)
      : { key, errorCode: 'FLAG_NOT_FOUND', errorDetails: 'there is no such flag, or it is disabled' };
    answerJson(response, 'errorCode' in found ? (found.errorCode === 'FLAG_NOT_FOUND' ? 404 : 400) : 200, found);
  }

  function evaluateAll(request: IncomingMessage, context: FlagContext, writeKey: string, response: ServerResponse): void {
    const set = flags();
    // The same flags may come to something else for somebody else.
    const etag = `"${set.version}.${hash('sha256', JSON.stringify(context), 'base64url').slice(0, 16)}"`;
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, ['etag', etag, 'access-control-allow-origin', '*', ...exposeEtag]);
      return void response.end();
    }
    const url = `${prefix}events?key=${encodeURIComponent(writeKey)}`;
    const evaluated = set.exposed.map((key) => set.evaluate(key, context));
    const eventStreams = [{ type: 'sse', endpoint: { requestUri: url } }];
    answerJson(response, 200, { flags: evaluated, eventStreams }, ['etag', etag, ...exposeEtag]);
  }

  function openStream(request: IncomingMessage, response: ServerResponse): void {
    if (streams.size >= maxStreams) return refuse(response, 503, 'too many streams are open; poll instead');
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
      'x-accel-buffering': 'no',
    });
    response.write('retry: 1000\n\n');
    // Whoever comes (again) may have missed a change; who did not gets a 304 for asking.
    if (request.headers['last-event-id'] !== flags().version) response.write(refetch(flags()));
    streams.add(response);
    request.on('close', () => streams.delete(response));
    response.on('close', () => streams.delete(response));
  }

  function evaluate(request: IncomingMessage, response: ServerResponse, path: string, source: string, writeKey: string): void {
    const declared = declaredLength(request);
    if (declared !== null && declared > maxBodyBytes) return refuse(response, 413, `a context may have ${maxBodyBytes} bytes`);
    readBody(request, declared, maxBodyBytes, (end) => {
      if (end.kind === 'tooLarge') return refuse(response, 413, `a context may have ${maxBodyBytes} bytes`);
      const json = end.body.length === 0 ? { ok: true as const, value: {} } : parseBody(end.body);
      const body = json.ok ? bodySchema.safeParse(json.value) : null;
      if (!body?.success) return answerJson(response, 400, { errorCode: 'INVALID_CONTEXT', errorDetails: 'send { "context": { ... } }' });
      const context = { ...body.data.context, source };
      if (path === 'evaluate/flags') return evaluateAll(request, context, writeKey, response);
      evaluateOne(decoded(path.slice('evaluate/flags/'.length)), context, response);
    });
  }

  return {
    handle(request, response) {
      const { url = '' } = request;
      if (!url.startsWith(prefix) || request.method === 'OPTIONS') return false;
      const [path = '', query = ''] = url.slice(prefix.length).split('?', 2);
      const writeKey = keyOf(request, query);
      const source = writeKey === null ? null : sourceOf(writeKey);
      if (writeKey === null || source === null) refuse(response, 401, 'send the write key of a source, as Bearer or X-API-Key');
      else if (path === 'events' && request.method === 'GET') openStream(request, response);
      else if (request.method !== 'POST') refuse(response, 405, 'flags are evaluated by POST');
      else if (path === 'evaluate/flags' || path.startsWith('evaluate/flags/')) evaluate(request, response, path, source, writeKey);
      else refuse(response, 404, `there is no ${prefix}${path}`);
      return true;
    },
    close() {
      unwatch();
      clearInterval(keepAlive);
      for (const stream of streams) stream.end();
    },
  };
}

/** Its id comes back as Last-Event-ID where the stream is opened again. */
function refetch({ version }: FlagSet): string {
  return `id: ${version}\ndata: ${JSON.stringify({ type: 'refetchEvaluation', etag: version })}\n\n`;
}

function refuse(response: ServerResponse, status: number, errorDetails: string): void {
  answerJson(response, status, { errorCode: 'GENERAL', errorDetails });
}

function keyOf({ headers }: IncomingMessage, query: string): string | null {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const own = headers['x-api-key'];
  return bearer ?? (typeof own === 'string' ? own : new URLSearchParams(query).get('key'));
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
