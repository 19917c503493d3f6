/** What the delivery benches share: many webhook destinations at one simulator, and events to send them. */
import { join } from 'node:path';
import { Pool } from 'undici';
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

/** The simulator in a process of its own; `counts` mode is the cheap one. */
export function startSink(core?: number): Promise<RunningServer> {
  const args = [join(import.meta.dirname, '../support/simulator/main.ts'), '--port', '0', '--keep', 'counts'];
  return startServer(core === undefined ? { args } : { args, core });
}

/** Requests that each vendor copy has counted itself. */
export async function sinkCounts(sinkUrl: string): Promise<Readonly<Record<string, number>>> {
  const counters = (await (await fetch(`${sinkUrl}/_counters`)).json()) as Record<string, { requests: number }>;
  return Object.fromEntries(Object.entries(counters).map(([vendor, { requests }]) => [vendor, requests]));
}

export const totalOf = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((sum, count) => sum + count, 0);

export interface EventGun {
  /** Sends `count` events, `connections` at a time. @throws when one is refused */
  fire(count: number): Promise<void>;
  /** Sends one and resolves with whether it was acknowledged. */
  one(): Promise<boolean>;
  close(): Promise<void>;
}

/** Posts 500-byte track events with fresh ids. */
export function createGun(url: string, connections: number): EventGun {
  const pool = new Pool(url, { connections, pipelining: 1 });
  const { before, after } = eventAround(500);
  const headers = { 'content-type': 'application/json', authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}` };
  const run = `${process.pid}-${Date.now().toString(36)}`;
  let next = 0;
  async function one(): Promise<boolean> {
    const answer = await pool.request({ method: 'POST', path: '/v1/track', headers, body: `${before}${run}-${next++}${after}` });
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
