/** The simulator's own paths: how it is told to fail, and asked what it has. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from '#contract/zod.ts';
import type { Counters } from './book.ts';
import { dialSchema, vendorName } from './dial.ts';
import type { Instance } from './instance.ts';
import { incidentSchema } from './status-page.ts';

export interface VendorCounters extends Counters {
  readonly failure: string;
}

export interface Registry {
  all(): readonly (readonly [string, Instance])[];
  /** Null where no vendor has that name. */
  find(name: string): Instance | null;
}

export const maxCopies = 1000;
const steerBytes = 1_000_000;
const releaseSchema = z.strictObject({ vendor: vendorName.optional() });

export function reply(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(body);
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > steerBytes) return undefined;
  }
  try {
    return JSON.parse(text || '{}');
  } catch {
    return undefined;
  }
}

export function countersOf(registry: Registry): Record<string, VendorCounters> {
  return Object.fromEntries(registry.all().map(([name, { book, dial }]) => [name, { ...book.counters, failure: dial.setting.failure }]));
}

function eventsOf(registry: Registry, query: URLSearchParams, response: ServerResponse): void {
  const vendor = query.get('vendor') ?? '';
  const instance = registry.find(vendor);
  if (!instance) return reply(response, 404, { error: 'no such vendor' });
  const key = query.get('key');
  if (key !== null) return reply(response, 200, { vendor, key, count: instance.book.count(key) });
  const { stored, counters } = instance.book;
  reply(response, 200, { vendor, distinct: counters.distinct, events: Object.fromEntries([...stored].slice(-1000)) });
}

/** Events kept at or after `after` (epoch ms), oldest first, as far as they are remembered. */
function arrivalsOf(registry: Registry, query: URLSearchParams, response: ServerResponse): void {
  const vendor = query.get('vendor') ?? '';
  const arrivals = registry.find(vendor)?.book.arrivals;
  if (!arrivals) return reply(response, 404, { error: 'no such vendor, or arrivals are not kept' });
  const since = arrivals.since(Number(query.get('after') ?? 0));
  if (since) reply(response, 200, { vendor, arrivals: since });
  else reply(response, 410, { error: 'more came since then than is remembered' });
}

/** `/_status/<vendor>/summary.json`, `history.rss`, `history.atom`. */
function statusOf(registry: Registry, path: string, request: IncomingMessage, response: ServerResponse): void {
  const [, , vendor = '', document = ''] = path.split('/');
  if (registry.find(vendor)?.statusPage.serve(document, request, response) !== true) reply(response, 404, { error: 'no such status page' });
}

/** Carries out what a body asks of one vendor, or of all; what it cannot read it refuses with 400. */
async function tell<T extends { readonly vendor?: string | undefined }>(
  schema: z.ZodType<T>,
  registry: Registry,
  request: IncomingMessage,
  response: ServerResponse,
  act: (instance: Instance, told: T) => void,
): Promise<void> {
  const parsed = schema.safeParse(await bodyOf(request));
  if (!parsed.success) return reply(response, 400, { error: z.prettifyError(parsed.error) });
  const { vendor } = parsed.data;
  const named = vendor === undefined ? registry.all().map(([, instance]) => instance) : [registry.find(vendor)];
  for (const instance of named) {
    if (instance === null) return reply(response, 400, { error: `more than ${maxCopies} copies` });
    act(instance, parsed.data);
  }
  reply(response, 200, parsed.data);
}

/** @param origins where vendors answer */
export async function steer(
  registry: Registry,
  origins: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = '', query = ''] = (request.url ?? '').split('?', 2);
  if (request.method === 'GET' && path.startsWith('/_status/')) return statusOf(registry, path, request, response);
  switch (`${request.method} ${path}`) {
    case 'GET /_counters':
      return reply(response, 200, countersOf(registry));
    case 'GET /_simulator':
      return reply(response, 200, {
        simulator: 'sluice',
        origins,
        dials: Object.fromEntries(registry.all().map(([name, { dial }]) => [name, dial.setting.failure])),
      });
    case 'GET /_events':
      return eventsOf(registry, new URLSearchParams(query), response);
    case 'GET /_arrivals':
      return arrivalsOf(registry, new URLSearchParams(query), response);
    case 'POST /_dial':
      return tell(dialSchema, registry, request, response, (instance, setting) => instance.set(setting));
    case 'POST /_giveBack':
      return tell(releaseSchema, registry, request, response, (instance) => instance.giveBack());
    case 'POST /_release':
      return tell(releaseSchema, registry, request, response, (instance) => instance.release());
    case 'POST /_incident':
      return tell(incidentSchema, registry, request, response, (instance, incident) => instance.statusPage.set(incident));
    default:
      reply(response, 404, {
        error:
          'POST /_dial, /_giveBack, /_release, /_incident; GET /_simulator, /_counters, /_events, /_arrivals, /_status/<vendor>/summary.json',
      });
  }
}
