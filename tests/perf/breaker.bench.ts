/**
 * What a breaker costs a call, ours against opossum with a timeout. Both guard the same asynchronous call, which does nothing;
 * ours has its time limit as lanes have it: calls under way are kept in a bag that is swept once a second.
 */
import CircuitBreaker from 'opossum';
import { Bag } from '#gateway/delivery/bag.ts';
import { breakerDefaults, createBreaker } from '#gateway/delivery/breaker.ts';
import { measurePairs } from '#tests/support/bench/pairs.ts';
import type { BenchOptions, BenchReport } from '#tests/support/bench/report.ts';
import { median, roundTo } from '#tests/support/bench/stats.ts';

const timeoutMs = 10_000;

const work = async () => 1;

interface Call {
  slot: number;
  readonly startedAt: number;
  abort(): void;
}

/** @returns ns a call */
async function measureOurs(calls: number): Promise<number> {
  const now = () => performance.timeOrigin + performance.now();
  const breaker = createBreaker(breakerDefaults, now);
  const under = new Bag<Call>();
  const sweep = setInterval(() => {
    for (const call of under.all()) if (call.startedAt < now() - timeoutMs) call.abort();
  }, 1000);
  const startedAt = performance.now();
  for (let each = 0; each < calls; each++) {
    if (breaker.allowance() <= 0) throw new Error('the breaker opened');
    breaker.started();
    const call: Call = { slot: 0, startedAt: now(), abort() {} };
    under.add(call);
    await work();
    under.remove(call);
    const endedAt = now();
    breaker.finished(true, endedAt - call.startedAt, endedAt);
  }
  const tookMs = performance.now() - startedAt;
  clearInterval(sweep);
  return (tookMs * 1e6) / calls;
}

/** @returns ns a call */
async function measureOpossum(calls: number): Promise<number> {
  const { failureShare, minCalls, windowMs } = breakerDefaults;
  const options = {
    timeout: timeoutMs,
    errorThresholdPercentage: failureShare * 100,
    volumeThreshold: minCalls,
    rollingCountTimeout: windowMs,
  };
  const guard = new CircuitBreaker(work, options);
  const startedAt = performance.now();
  for (let each = 0; each < calls; each++) await guard.fire();
  const tookMs = performance.now() - startedAt;
  guard.shutdown();
  return (tookMs * 1e6) / calls;
}

export async function run({ quick }: BenchOptions): Promise<BenchReport> {
  const calls = quick ? 50_000 : 300_000;
  const a = () => measureOurs(calls);
  const b = () => measureOpossum(calls);
  for (let each = 0; each < 2; each++) {
    await a();
    await b();
  }
  const pairs = await measurePairs({ rounds: quick ? 2 : 6, a, b });
  return {
    name: 'breaker',
    figures: [{ id: 'ratio', value: roundTo(pairs.ratio, 3), unit: 'ratio', better: 'lower', must: 0.6, aim: 0.3 }],
    rounds: pairs.rounds,
    detail: {
      oursNsACall: Math.round(median(pairs.a)),
      opossumNsACall: Math.round(median(pairs.b)),
      ratios: pairs.ratios.map((ratio) => roundTo(ratio, 3)),
      quiet: pairs.quiet,
    },
  };
}
