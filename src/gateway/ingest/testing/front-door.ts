import { Agent, request as httpRequest } from 'node:http';
import { onTestFinished } from 'vitest';
import { type Source, sourceSchema } from '#contract/documents/source.ts';
import type { AppError } from '#contract/errors.ts';
import type { Result } from '#contract/result.ts';
import type { Appended, AppendRequest, EventLog } from '#gateway/log/event-log.ts';
import { createMemoryLog } from '#gateway/log/memory-log.ts';
import { createRouter, type RouteTarget } from '#gateway/pipeline/route.ts';
import { createMeter } from '#gateway/telemetry/meter.ts';
import { SourceWindow } from '#gateway/telemetry/meter-window.ts';
import { createIngestServer, type IngestServer } from '../ingest-server.ts';
import type { IntakeOptions } from '../intake.ts';
import type { LimitBook } from '../limits/limit-book.ts';
import { indexSources } from '../source-index.ts';
import type { Treatment } from '../treatment.ts';

export const NOW = Date.parse('2026-11-20T12:00:00.000Z');

export const sourceDocuments: readonly { readonly id: string; readonly value: Source }[] = [
  { id: 'web', value: sourceSchema.parse({ name: 'Web', writeKey: 'web-key' }) },
  { id: 'off', value: sourceSchema.parse({ name: 'Off', writeKey: 'off-key', enabled: false }) },
  {
    id: 'till',
    value: sourceSchema.parse({
      name: 'Till',
      kind: 'json',
      writeKey: 'till-key',
      mapping: { event: '/kind', userId: '/customer/id', messageId: '/receipt', timestamp: '/at', properties: '/sale' },
    }),
  },
];

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: unknown;
}

export interface SendOptions {
  readonly method?: string;
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FrontDoor {
  readonly server: IngestServer;
  readonly log: EventLog;
  /** What was handed to the log, in order. */
  readonly appended: readonly AppendRequest[];
  readonly bugs: readonly object[];
  /** Counts of a source since the start (S1). */
  counts(source: string): Readonly<Omit<SourceWindow, 'add' | 'addAll'>>;
  /** Sends a body (an object as JSON) with the write key of `web` unless told otherwise. */
  send(path: string, body: unknown, options?: SendOptions): Promise<Answer>;
}

export interface FrontDoorOptions {
  readonly refusal?: () => AppError | null;
  readonly append?: (request: AppendRequest) => Promise<Result<Appended>>;
  readonly targets?: readonly RouteTarget[];
  readonly requestTimeoutMs?: number;
  readonly treatmentOf?: (source: string) => Treatment | null;
  readonly quarantine?: IntakeOptions['quarantine'];
  readonly learned?: IntakeOptions['learned'];
  /** Instead of `sourceDocuments`. */
  readonly documents?: typeof sourceDocuments;
  readonly limits?: LimitBook;
  /** Epoch ms. */
  readonly now?: () => number;
}

/** A real server on a free port over the memory log; closed when the test ends. */
export async function openFrontDoor(options: FrontDoorOptions = {}): Promise<FrontDoor> {
  const log = createMemoryLog();
  const meter = createMeter();
  const appended: AppendRequest[] = [];
  const bugs: object[] = [];
  const router = createRouter(options.targets ?? [], (ordinals) => log.route(ordinals));
  const { limits } = options;
  const sources = indexSources(options.documents ?? sourceDocuments, options.treatmentOf, limits?.accounts.account);
  const started = await createIngestServer({
    port: 0,
    host: '127.0.0.1',
    ...(options.requestTimeoutMs === undefined ? {} : { requestTimeoutMs: options.requestTimeoutMs }),
    log: {
      refusal: options.refusal ?? (() => log.refusal()),
      append(request) {
        appended.push(request);
        return options.append ? options.append(request) : log.append(request);
      },
    },
    sources: () => sources,
    ...(options.quarantine === undefined ? {} : { quarantine: options.quarantine }),
    ...(options.learned === undefined ? {} : { learned: options.learned }),
    route: router.route,
    meter,
    now: options.now ?? (() => NOW),
    ...(limits === undefined ? {} : { limits }),
    logger: { error: (details) => void bugs.push(details) },
  });
  if (!started.ok) throw new Error(started.error.message);
  const server = started.value;
  const agent = new Agent({ keepAlive: true });
  onTestFinished(async () => {
    agent.destroy();
    await server.close(0);
    await log.close();
  });
  const counted = new Map<string, SourceWindow>();
  return {
    server,
    log,
    appended,
    bugs,
    counts(source) {
      for (const [id, window] of meter.take().sources) {
        const total = counted.get(id) ?? new SourceWindow();
        total.addAll(window);
        counted.set(id, total);
      }
      return counted.get(source) ?? new SourceWindow();
    },
    send: (path, body, send = {}) => post(server, agent, path, body, send),
  };
}

function post(server: IngestServer, agent: Agent, path: string, body: unknown, options: SendOptions): Promise<Answer> {
  const { method = 'POST', key = 'web-key', headers = {} } = options;
  const bytes =
    body instanceof Uint8Array ? body : body === undefined ? null : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        agent,
        port: server.port,
        host: '127.0.0.1',
        method,
        path,
        headers: {
          ...(key === null ? {} : { authorization: basic(key) }),
          ...(bytes ? { 'content-length': String(bytes.length) } : {}),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: text === '' ? null : JSON.parse(text) });
        });
      },
    );
    request.on('error', reject);
    request.end(bytes ?? undefined);
  });
}

export function basic(key: string): string {
  return `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
}

/** A track call that has all it needs. */
export function track(overrides: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { type: 'track', messageId: 'm-1', event: 'Order Completed', userId: 'u-1', properties: { total: 12 }, ...overrides };
}
