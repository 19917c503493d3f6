/** What the delivery benches share: many webhook destinations at one simulator, and events to send them. */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import { z } from '#contract/zod.ts';
import { type RunningServer, startServer } from '#tests/support/bench/server.ts';
import { eventAround } from './ingest-load.ts';

export const writeKey = 'bench-write-key';
const signingKey = `whsec_${Buffer.from('bench signing key of sluice').toString('base64')}`;
export const fleetEnv = { BENCH_HOOK: signingKey };

/** `d0`, `d1` ...: webhook destinations that take one event a request. */
export function fleetConfig(
  simulatorUrl: string,
  count: number,
  delivery: Readonly<Record<string, number>> = {},
  sources: readonly string[] = [],
) {
  const destinations = Array.from({ length: count }, (_, index) => ({
    id: `d${index}`,
    connector: 'webhook',
    endpoint: `${simulatorUrl}/webhook.d${index}`,
    credential: { env: 'BENCH_HOOK' },
    sources,
    delivery: { batchSize: 1, batchWaitMs: 0, ...delivery },
  }));
  return { sources: [{ id: 'bench', writeKey }], destinations };
}

/** As `fleetConfig`, over many sources: `s0` ... each feed an equal share of the destinations. */
export function spreadConfig(simulatorUrl: string, count: number, sources: number) {
  const { destinations } = fleetConfig(simulatorUrl, count);
  return {
    sources: Array.from({ length: sources }, (_, index) => ({ id: `s${index}`, writeKey: spreadKey(index) })),
    destinations: destinations.map((destination, index) => ({ ...destination, sources: [`s${index % sources}`] })),
  };
}

export const spreadKey = (source: number) => `${writeKey}-${source}`;

/**
 * The simulator in a process of its own; `counts` mode is the cheap one.
 * @param arrivals how many of a vendor's last events can be read with their time
 */
export function startSink(core?: number, arrivals = 0): Promise<RunningServer> {
  const args = [
    join(import.meta.dirname, '../support/simulator/main.ts'),
    '--port',
    '0',
    '--keep',
    'counts',
    '--arrivals',
    String(arrivals),
  ];
  return startServer(core === undefined ? { args } : { args, core });
}

/** Requests that each vendor copy has counted itself. */
export async function sinkCounts(sinkUrl: string): Promise<Readonly<Record<string, number>>> {
  const counters = (await (await fetch(`${sinkUrl}/_counters`)).json()) as Record<string, { requests: number }>;
  return Object.fromEntries(Object.entries(counters).map(([vendor, { requests }]) => [vendor, requests]));
}

const arrivalsSchema = z.object({ arrivals: z.array(z.object({ at: z.number(), key: z.string() })) });

/** Events that the copy of a destination kept since `after` (epoch ms), by its own clock. @throws where it remembers too few */
export async function arrivalsAt(sinkUrl: string, destination: string, after: number) {
  const answer = await fetch(`${sinkUrl}/_arrivals?vendor=webhook.${destination}&after=${after}`);
  if (!answer.ok) throw new Error(`the vendor of ${destination} answered ${answer.status}: ${await answer.text()}`);
  return arrivalsSchema.parse(await answer.json()).arrivals;
}

export const totalOf = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((sum, count) => sum + count, 0);

export interface EventGun {
  /** Sends `count` events, `connections` at a time. @throws when one is refused */
  fire(count: number): Promise<void>;
  /** Sends one and resolves with whether it was acknowledged. `mark` becomes the end of its message id. */
  one(mark?: string): Promise<boolean>;
  close(): Promise<void>;
}

/** Posts 500-byte track events with fresh ids, to the sources of `writeKeys` in turn. */
export function createGun(url: string, connections: number, writeKeys: readonly string[] = [writeKey]): EventGun {
  const pool = new Pool(url, { connections, pipelining: 1 });
  const { before, after } = eventAround(500);
  const headers = writeKeys.map((key) => ({
    'content-type': 'application/json',
    authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`,
  }));
  const run = `${process.pid}-${Date.now().toString(36)}`;
  let next = 0;
  async function one(mark = ''): Promise<boolean> {
    const index = next++;
    const answer = await pool.request({
      method: 'POST',
      path: '/v1/track',
      headers: headers[index % headers.length] ?? null,
      body: `${before}${run}-${index}${mark}${after}`,
    });
    await answer.body.dump();
    return answer.statusCode === 200;
  }
  return {
    one,
    async fire(count) {
      let left = count;
      const worker = async () => {
        while (left-- > 0) if (!(await one())) throw new Error('an event was refused');
      };
      await Promise.all(Array.from({ length: connections }, worker));
    },
    close: () => pool.close(),
  };
}

/** Sends events and waits until the vendors have counted every delivery of them. @returns deliveries a second */
export async function deliverAll(gun: EventGun, sinkUrl: string, events: number, destinationsEach: number): Promise<number> {
  const wanted = totalOf(await sinkCounts(sinkUrl)) + events * destinationsEach;
  const startedAt = performance.now();
  await gun.fire(events);
  while (totalOf(await sinkCounts(sinkUrl)) < wanted) await wait(20);
  return (events * destinationsEach) / ((performance.now() - startedAt) / 1000);
}
