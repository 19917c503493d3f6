/**
 * A vendor simulator: one HTTP server that answers like Mixpanel (`/mixpanel`), GA4 (`/ga4`), Meta (`/meta`) and
 * a receiver of Standard Webhooks (`/webhook`), keeps books for each, and fails as it is told. `/webhook.d1` and
 * the like are copies with books of their own. Steering: `POST /_dial`, `POST /_giveBack`, `POST /_release`,
 * `POST /_incident`, `GET /_simulator`, `GET /_counters`, `GET /_events?vendor=&key=`, `GET /_arrivals?vendor=&after=`.
 * Each vendor has a status page: `/_status/<vendor>/summary.json`, `history.rss`, `history.atom`.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Keep } from './book.ts';
import { type DialInput, type DialSetting, dialSchema, vendorName } from './dial.ts';
import { createInstance, type Instance } from './instance.ts';
import { type IncidentInput, incidentSchema } from './status-page.ts';
import { countersOf, maxCopies, type Registry, reply, steer, type VendorCounters } from './steering.ts';

export interface SimulatorOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** `keys` (default) can name every stored event; `counts` needs bounded memory and is faster. */
  readonly keep?: Keep;
  /** How many of a vendor's last events can be asked for with their time; 0, the default, keeps none. */
  readonly arrivals?: number;
  /** What a vendor demands: Mixpanel `user:secret`, Meta the token, GA4 the API secret, webhook the signing secret. Others take any. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** Every vendor answers on a port of its own, as real vendors are at addresses of their own. */
  readonly apart?: boolean;
}

export interface Simulator {
  readonly url: string;
  readonly port: number;
  /** Endpoint override of a vendor, or of a copy such as `webhook.d1`. */
  endpoint(vendor: string): string;
  /** Where its status page is: Statuspage's, or a feed. */
  statusPage(vendor: string, document?: 'summary.json' | 'history.rss' | 'history.atom'): string;
  dial(input: DialInput): void;
  /** What its status page reports. */
  report(input: IncidentInput): void;
  /** Sets what a vendor demands as credential; null takes any. */
  demand(vendor: string, credential: string | null): void;
  counters(): Readonly<Record<string, VendorCounters>>;
  /** Key → times kept. Empty with `keep: 'counts'`. */
  stored(vendor: string): Map<string, number>;
  /** Ids that a vendor was asked to erase, in order. */
  erased(vendor: string): readonly string[];
  /** Lets what hangs be answered; all vendors unless one is named. */
  release(vendor?: string): void;
  close(): Promise<void>;
}

const vendorPrefix = /^\/([^/?]*)/;
const firstVendors = ['mixpanel', 'ga4', 'meta', 'webhook'] as const;

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
  for (const name of firstVendors) find(name);
  return { all: () => [...instances], find };
}

interface Listening {
  readonly server: Server;
  readonly url: string;
  readonly port: number;
}

async function listen(listener: RequestListener, port: number): Promise<Listening> {
  const server = createServer({ keepAliveTimeout: 120_000, requestTimeout: 0 }, listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const taken = typeof address === 'object' && address !== null ? address.port : 0;
  return { server, url: `http://127.0.0.1:${taken}`, port: taken };
}

/** Starts a simulator on 127.0.0.1. */
export async function createSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const waiters = new Set<NodeJS.Timeout>();
  const registry = createInstances(options.keep ?? 'keys', options.arrivals ?? 0, waiters);
  const origins: string[] = [];

  function need(vendor: string): Instance {
    const instance = registry.find(vendor);
    if (!instance) throw new RangeError(`no vendor ${vendor}`);
    return instance;
  }
  for (const [vendor, credential] of Object.entries(options.credentials ?? {})) need(vendor).demand(credential);

  const listener: RequestListener = (request, response) => {
    const url = request.url ?? '/';
    if (url.startsWith('/_')) {
      // Only a client that went away in the middle of its body ends here.
      steer(registry, origins, request, response).catch(() => response.destroy());
      return;
    }
    const [prefix = '', name = ''] = vendorPrefix.exec(url) ?? [];
    const instance = registry.find(name);
    if (instance) instance.serve(request, response, url.slice(prefix.length));
    else reply(response, 404, { error: 'no such vendor' });
  };
  const main = await listen(listener, options.port ?? 0);
  const own = new Map<string, Listening>();
  if (options.apart) for (const vendor of firstVendors) own.set(vendor, await listen(listener, 0));
  const all = [main, ...own.values()];
  origins.push(...all.map(({ url }) => url));

  return {
    url: main.url,
    port: main.port,
    endpoint: (vendor) => `${(own.get(vendor) ?? main).url}/${vendor}`,
    statusPage: (vendor, document = 'summary.json') => `${main.url}/_status/${vendor}/${document}`,
    dial(input) {
      const setting: DialSetting = dialSchema.parse(input);
      need(setting.vendor).set(setting);
    },
    report(input) {
      const incident = incidentSchema.parse(input);
      need(incident.vendor).statusPage.set(incident);
    },
    demand: (vendor, credential) => need(vendor).demand(credential),
    counters: () => countersOf(registry),
    stored: (vendor) => new Map(need(vendor).book.stored),
    erased: (vendor) => [...need(vendor).book.erasures.asked],
    release(vendor) {
      for (const [name, instance] of registry.all()) if (vendor === undefined || vendor === name) instance.release();
    },
    async close() {
      for (const timer of waiters) clearTimeout(timer);
      await Promise.all(
        all.map(async ({ server }) => {
          const closed = new Promise((resolve) => server.close(resolve));
          server.closeAllConnections();
          await closed;
        }),
      );
    },
  };
}
