/**
 * A vendor simulator: one HTTP server that answers like Mixpanel (`/mixpanel`), GA4 (`/ga4`), Meta (`/meta`) and
 * a receiver of Standard Webhooks (`/webhook`), keeps books for each, and fails as it is told. `/webhook.d1` and
 * the like are copies with books of their own. Steering: `POST /_dial`, `POST /_release`, `GET /_counters`,
 * `GET /_events?vendor=&key=`, `GET /_arrivals?vendor=&after=`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from '#contract/zod.ts';
import type { Counters, Keep } from './book.ts';
import { type DialInput, type DialSetting, dialSchema, vendorName } from './dial.ts';
import { createInstance, type Instance } from './instance.ts';

export interface SimulatorOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** `keys` (default) can name every stored event; `counts` needs bounded memory and is faster. */
  readonly keep?: Keep;
  /** How many of a vendor's last events can be asked for with their time; 0, the default, keeps none. */
  readonly arrivals?: number;
  /** What a vendor demands: Mixpanel `user:secret`, Meta the token, GA4 the API secret, webhook the signing secret. Others take any. */
  readonly credentials?: Readonly<Record<string, string>>;
}

export interface VendorCounters extends Counters {
  readonly failure: string;
}

export interface Simulator {
  readonly url: string;
  readonly port: number;
  /** Endpoint override of a vendor, or of a copy such as `webhook.d1`. */
  endpoint(vendor: string): string;
  dial(input: DialInput): void;
  /** Sets what a vendor demands as credential; null takes any. */
  demand(vendor: string, credential: string | null): void;
  counters(): Readonly<Record<string, VendorCounters>>;
  /** Key → times kept. Empty with `keep: 'counts'`. */
  stored(vendor: string): Map<string, number>;
  /** Lets what hangs be answered; all vendors unless one is named. */
  release(vendor?: string): void;
  close(): Promise<void>;
}

const steerBytes = 1_000_000;
const releaseSchema = z.strictObject({ vendor: vendorName.optional() });
const maxCopies = 1000;
const vendorPrefix = /^\/([^/?]*)/;

function reply(response: ServerResponse, status: number, value: unknown): void {
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

interface Registry {
  all(): readonly (readonly [string, Instance])[];
  /** Null where no vendor has that name. */
  find(name: string): Instance | null;
}

function createInstances(keep: Keep, maxArrivals: number, waiters: Set<NodeJS.Timeout>): Registry {
  const instances = new Map<string, Instance>();
  function find(name: string): Instance | null {
    const known = instances.get(name);
    if (known) return known;
    if (!vendorName.safeParse(name).success || instances.size >= maxCopies) return null;
    const made = createInstance(name, keep, maxArrivals, waiters);
    instances.set(name, made);
    return made;
  }
  for (const name of ['mixpanel', 'ga4', 'meta', 'webhook']) find(name);
  return { all: () => [...instances], find };
}

function countersOf(registry: Registry): Record<string, VendorCounters> {
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

async function steer(registry: Registry, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [path = '', query = ''] = (request.url ?? '').split('?', 2);
  const route = `${request.method} ${path}`;
  if (route === 'GET /_counters') return reply(response, 200, countersOf(registry));
  if (route === 'GET /_events') return eventsOf(registry, new URLSearchParams(query), response);
  if (route === 'GET /_arrivals') return arrivalsOf(registry, new URLSearchParams(query), response);
  if (route === 'POST /_dial') {
    const parsed = dialSchema.safeParse(await bodyOf(request));
    if (!parsed.success) return reply(response, 400, { error: z.prettifyError(parsed.error) });
    const instance = registry.find(parsed.data.vendor);
    if (!instance) return reply(response, 400, { error: `more than ${maxCopies} copies` });
    instance.set(parsed.data);
    return reply(response, 200, parsed.data);
  }
  if (route === 'POST /_release') {
    const parsed = releaseSchema.safeParse(await bodyOf(request));
    if (!parsed.success) return reply(response, 400, { error: z.prettifyError(parsed.error) });
    for (const [name, instance] of registry.all()) if (parsed.data.vendor === undefined || parsed.data.vendor === name) instance.release();
    return reply(response, 200, {});
  }
  reply(response, 404, { error: 'POST /_dial, POST /_release, GET /_counters, GET /_events, GET /_arrivals' });
}

/** Starts a simulator on 127.0.0.1. */
export async function createSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const waiters = new Set<NodeJS.Timeout>();
  const registry = createInstances(options.keep ?? 'keys', options.arrivals ?? 0, waiters);

  function need(vendor: string): Instance {
    const instance = registry.find(vendor);
    if (!instance) throw new RangeError(`no vendor ${vendor}`);
    return instance;
  }
  for (const [vendor, credential] of Object.entries(options.credentials ?? {})) need(vendor).demand(credential);

  const server = createServer({ keepAliveTimeout: 120_000, requestTimeout: 0 }, (request, response) => {
    const url = request.url ?? '/';
    if (url.startsWith('/_')) {
      // Only a client that went away in the middle of its body ends here.
      steer(registry, request, response).catch(() => response.destroy());
      return;
    }
    const [prefix = '', name = ''] = vendorPrefix.exec(url) ?? [];
    const instance = registry.find(name);
    if (instance) instance.serve(request, response, url.slice(prefix.length));
    else reply(response, 404, { error: 'no such vendor' });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const url = `http://127.0.0.1:${port}`;

  return {
    url,
    port,
    endpoint: (vendor) => `${url}/${vendor}`,
    dial(input) {
      const setting: DialSetting = dialSchema.parse(input);
      need(setting.vendor).set(setting);
    },
    demand: (vendor, credential) => need(vendor).demand(credential),
    counters: () => countersOf(registry),
    stored: (vendor) => new Map(need(vendor).book.stored),
    release(vendor) {
      for (const [name, instance] of registry.all()) if (vendor === undefined || vendor === name) instance.release();
    },
    async close() {
      for (const timer of waiters) clearTimeout(timer);
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
