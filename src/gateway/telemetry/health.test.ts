import { describe, expect, it } from 'vitest';
import type { Health } from '#contract/telemetry/tick.ts';
import { type HealthFacts, healthOf } from './health.ts';
import { Recent } from './recent.ts';

describe('a destination is', () => {
  it.each<[Health, string, Partial<HealthFacts>]>([
    ['none', 'when nothing was sent lately', {}],
    ['healthy', 'when events arrive', { delivered: 1 }],
    ['healthy', 'with fewer failures than one in twenty', { delivered: 97, failed: 3 }],
    ['degraded', 'from one failure in twenty on', { delivered: 95, failed: 5 }],
    ['failing', 'when half fails', { delivered: 50, failed: 50 }],
    ['healthy', 'when few events were sent and one failed', { delivered: 3, failed: 1 }],
    ['degraded', 'when few events were sent and all failed', { failed: 3 }],
    ['degraded', 'when an event waits for a minute', { delivered: 100, oldestAgeMs: 60_000 }],
    ['degraded', 'while an old backlog drains', { delivered: 100, oldestAgeMs: 86_400_000 }],
    ['failing', 'when an event waits for five minutes and nothing arrives', { oldestAgeMs: 300_000 }],
    ['held', 'when a person parked it, whatever failed before', { state: 'parked', failed: 100, oldestAgeMs: 400_000 }],
    ['held', 'when the system holds it', { state: 'held' }],
    ['failing', 'while its breaker is open', { state: 'breaker', delivered: 1000 }],
    ['none', 'while it drops', { state: 'dropping', failed: 100 }],
    ['none', 'when it is off', { state: 'off' }],
  ])('%s %s', (expected, _when, facts) => {
    expect(healthOf({ state: 'flowing', delivered: 0, failed: 0, oldestAgeMs: null, ...facts })).toBe(expected);
  });
});

it('the last minute is remembered, and no more', () => {
  const recent = new Recent();
  for (let second = 1; second <= 100; second++) recent.add(second * 1000, 2, 1);
  expect(recent).toMatchObject({ delivered: 120, failed: 60 });
  for (let second = 101; second <= 160; second++) recent.add(second * 1000, 0, 0);
  expect(recent).toMatchObject({ delivered: 0, failed: 0 });
});
