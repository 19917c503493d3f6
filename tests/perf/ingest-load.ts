/** What both ingest benches share: one source, its events, and a pair of servers on one core under wrk on the other. */

import { join } from 'node:path';
import { type BenchGateway, caughtUpLedger, ledgerProblems, startGateway } from '#tests/support/bench/gateway.ts';
import { measurePairs } from '#tests/support/bench/pairs.ts';
import type { BenchReport } from '#tests/support/bench/report.ts';
import { note } from '#tests/support/bench/report.ts';
import { startServer } from '#tests/support/bench/server.ts';
import { median, roundTo } from '#tests/support/bench/stats.ts';
import { hasWrk, runWrk } from '#tests/support/bench/wrk.ts';

const writeKey = 'bench-write-key';
/** As the floors were first measured: the server on one core, the load on the other. */
const serverCore = 0;
const loadCore = 1;

/** One vendor that wants every event, parked: routing and its ledger take part, delivery is another bench. */
const config = {
  sources: [{ id: 'bench', writeKey }],
  destinations: [{ id: 'vendor', connector: 'webhook', endpoint: 'http://127.0.0.1:9' }],
};

/** JSON of one track event of `sizeBytes`, cut where its unique message id goes. An id is about 20 characters. */
export function eventAround(sizeBytes: number): { readonly before: string; readonly after: string } {
  const before = '{"type":"track","event":"Order Completed","userId":"user-1","messageId":"';
  const open = '","timestamp":"2026-01-01T00:00:00.000Z","properties":{"currency":"EUR","total":42.5,"note":"';
  const fill = sizeBytes - before.length - open.length - '"}}'.length - 20;
  return { before, after: `${open}${'x'.repeat(Math.max(0, fill))}"}}` };
}

export interface IngestLoad {
  readonly name: string;
  /** Path of the gateway's endpoint. */
  readonly path: string;
  readonly bodyLua: string;
  /** Mode of bare-server.ts to measure against. */
  readonly floor: 'answer' | 'parse';
  readonly eventsPerRequest: number;
  readonly connections: number;
  readonly must: number;
  readonly aim: number;
  readonly quick: boolean;
}

interface Tally {
  acknowledged: number;
  refused: number;
}

/** Measures acknowledged events a second against the floor. @throws when wrk is missing or the ledger does not balance */
export async function measureIngest(load: IngestLoad): Promise<BenchReport> {
  if (!hasWrk()) throw new Error('this bench needs wrk: apt-get install wrk');
  await using gateway = await startGateway({ config, args: ['--park', 'everything'], core: serverCore });
  await using bare = await startServer({ args: [join(import.meta.dirname, 'bare-server.ts'), '--mode', load.floor], core: serverCore });
  const seconds = load.quick ? 1 : 3;
  const tally: Tally = { acknowledged: 0, refused: 0 };
  const ours = async () => {
    const result = await drive(`${gateway.ingestUrl}${load.path}`, load, seconds);
    tally.acknowledged += (result.requests - result.non2xx) * load.eventsPerRequest;
    tally.refused += result.non2xx + result.failed;
    return result.requestsPerSecond * load.eventsPerRequest;
  };
  const floor = async () => (await drive(String(bare.ready.url), load, seconds)).requestsPerSecond * load.eventsPerRequest;

  note('warming up');
  await ours();
  await floor();
  const pairs = await measurePairs({ rounds: load.quick ? 2 : 6, a: ours, b: floor });
  await refuseUnbalanced(gateway, tally);
  return {
    name: load.name,
    figures: [{ id: 'ratio', value: roundTo(pairs.ratio, 3), unit: 'ratio', better: 'higher', must: load.must, aim: load.aim }],
    rounds: pairs.rounds,
    detail: {
      oursEventsPerSecond: Math.round(median(pairs.a)),
      floorEventsPerSecond: Math.round(median(pairs.b)),
      ratios: pairs.ratios.map((ratio) => roundTo(ratio, 3)),
      spoiledRounds: pairs.spoiled,
      quiet: pairs.quiet,
      acknowledged: tally.acknowledged,
      connections: load.connections,
      placement: 'server on one core, wrk on the other',
    },
  };
}

function drive(url: string, { bodyLua, connections }: IngestLoad, seconds: number) {
  const authorization = `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`;
  return runWrk({ url, seconds, connections, bodyLua, headers: { 'content-type': 'application/json', authorization }, core: loadCore });
}

/** A throughput run counts only if its ledger balances. */
async function refuseUnbalanced(gateway: BenchGateway, { acknowledged, refused }: Tally): Promise<void> {
  const problems = ledgerProblems(await caughtUpLedger(gateway, acknowledged), acknowledged);
  if (refused > 0) problems.push(`${refused} requests were refused or failed`);
  if (problems.length > 0) throw new Error(`void: ${problems.join('; ')}`);
}
