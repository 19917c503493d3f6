/** Durable fan-out to 8 destinations, one event a request, against a proxy that keeps nothing. */
import { join } from 'node:path';
import { ledgerProblems, startGateway } from '#tests/support/bench/gateway.ts';
import { measurePairs } from '#tests/support/bench/pairs.ts';
import type { BenchOptions, BenchReport } from '#tests/support/bench/report.ts';
import { startServer } from '#tests/support/bench/server.ts';
import { median, roundTo } from '#tests/support/bench/stats.ts';
import { createGun, deliverAll, fleetConfig, fleetEnv, startSink } from './fleet.ts';

const destinations = 8;
const serverCore = 0;
const loadCore = 1;

export async function run({ quick }: BenchOptions): Promise<BenchReport> {
  const events = quick ? 2000 : 6000;
  await using sink = await startSink(loadCore);
  const sinkUrl = String(sink.ready.url);
  await using gateway = await startGateway({ config: fleetConfig(sinkUrl, destinations), env: fleetEnv, core: serverCore });
  const targets = Array.from({ length: destinations }, (_, index) => ['--target', `${sinkUrl}/webhook.d${index}`]).flat();
  await using proxy = await startServer({ args: [join(import.meta.dirname, 'proxy-server.ts'), ...targets], core: serverCore });
  const ours = createGun(gateway.ingestUrl, 64);
  const floor = createGun(String(proxy.ready.url), 64);

  /** Delivered requests a second, from the first event sent to the last one the vendors counted. */
  const measure = (gun: typeof ours) => deliverAll(gun, sinkUrl, events, destinations);

  await measure(ours);
  await measure(floor);
  const rounds = quick ? 2 : 6;
  const pairs = await measurePairs({ rounds, a: () => measure(ours), b: () => measure(floor) });
  const problems = ledgerProblems(await gateway.ledger(), 0);
  if (problems.length > 0) throw new Error(`void: ${problems.join('; ')}`);
  await Promise.all([ours.close(), floor.close()]);
  return {
    name: 'deliver',
    figures: [{ id: 'ratio', value: roundTo(pairs.ratio, 3), unit: 'ratio', better: 'higher', must: 0.6, aim: 1 }],
    rounds: pairs.rounds,
    detail: {
      oursDeliveredPerSecond: Math.round(median(pairs.a)),
      floorDeliveredPerSecond: Math.round(median(pairs.b)),
      ratios: pairs.ratios.map((ratio) => roundTo(ratio, 3)),
      quiet: pairs.quiet,
      placement: 'gateway or proxy on one core; vendors and load on the other',
    },
  };
}
