import { describe, expect, test } from 'vitest';
import type { Tick } from '#contract/telemetry/tick.ts';
import { ratesOf } from './flow-rates.ts';

const latency = { n: 0, p50: null, p95: null, p99: null };
function tick(at: number, accepted: number, events: number): Tick {
  return {
    at,
    windowMs: 1000,
    node: 'a',
    head: 0,
    resources: {
      cpu: 0,
      loopLagP99Ms: 0,
      rssBytes: 0,
      heapBytes: 0,
      diskFreeBytes: null,
      logBytes: 0,
      commit: latency,
      settle: latency,
      sockets: 0,
    },
    sources: [
      { id: 'web', received: accepted + 2, accepted, duplicate: 2, malformed: 0, quarantined: 0, throttled: 0, refused: 0, bytes: 0 },
    ],
    destinations: [],
    flows: [{ source: 'web', destination: 'ga4', events }],
  };
}

describe('flow rates', () => {
  test('without ticks nothing is known', () => {
    expect(ratesOf([])).toMatchObject({ spanMs: 0 });
  });

  test('rates are means over all windows', () => {
    const rates = ratesOf([tick(1000, 100, 90), tick(2000, 300, 110)]);
    expect(rates.sources.get('web')).toMatchObject({ received: 202, accepted: 200, duplicate: 2 });
    expect(rates.flows.get('web')?.get('ga4')).toBe(100);
  });

  test('what a source received is what became of it, summed', () => {
    const { accepted, duplicate, malformed, quarantined, throttled, refused, received } =
      ratesOf([tick(1000, 7, 1)]).sources.get('web') ?? ({} as never);
    expect(accepted + duplicate + malformed + quarantined + throttled + refused).toBe(received);
  });
});
