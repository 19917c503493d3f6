import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Guardrail, guardrailSchema } from '#contract/documents/guardrail.ts';
import type { DestinationTick, SourceTick } from '#contract/telemetry/tick.ts';
import { createSketch, record } from '#gateway/telemetry/latency-sketch.ts';
import { tickAt } from '#gateway/verdict/testing/ticks.ts';
import { baselineOf } from './baseline.ts';
import { atLeast, atMost, chanceOfAsMany } from './binomial.ts';
import { createGuards } from './guards.ts';
import { ShareSums, shareOfLook } from './share.ts';

const subject = { type: 'destination', id: 'crm' } as const;
const rail = (more: object): Guardrail =>
  guardrailSchema.parse({
    metric: 'errors',
    subject,
    limit: { type: 'threshold', value: 0.02 },
    minSamples: 100,
    windowMs: 60_000,
    ...more,
  });

interface Second {
  readonly destinations?: readonly Partial<DestinationTick>[];
  readonly source?: Partial<SourceTick>;
  readonly latenciesMs?: readonly number[];
}

const silent = { id: 'web', received: 0, accepted: 0, duplicate: 0, malformed: 0, quarantined: 0, throttled: 0, refused: 0, bytes: 0 };

/** What a guardrail says after so many alike seconds; the first of them is not counted. */
function told(
  guardrail: Guardrail,
  seconds: number,
  { destinations = [], source, latenciesMs }: Second,
  guards = createGuards([guardrail]),
) {
  for (let second = 0; second < seconds; second++) {
    const tick = { ...tickAt(second * 1000, destinations), sources: source === undefined ? [] : [{ ...silent, ...source }] };
    const latency = () => {
      if (latenciesMs === undefined) return null;
      const sketch = createSketch();
      for (const ms of latenciesMs) record(sketch, ms);
      return sketch;
    };
    guards.take({ tick, latency });
  }
  const [judgement] = guards.judge(seconds);
  if (judgement === undefined) throw new Error('there is one');
  return judgement;
}

const failing = (failed: number, more: Partial<DestinationTick> = {}) => ({
  destinations: [{ delivered: 50 - failed, errors: { server: failed }, ...more }],
});

describe('the exact limits of a share', () => {
  it('are those of the tables', () => {
    // Clopper-Pearson, 95 % two-sided: 10 of 100 is 4.90 % to 17.62 %; 0 of 20 is at most 16.84 %.
    expect(atLeast(10, 100, 0.025)).toBeCloseTo(0.049_005, 5);
    expect(atMost(10, 100, 0.025)).toBeCloseTo(0.176_223, 5);
    expect(atMost(0, 20, 0.025)).toBeCloseTo(0.168_433, 5);
    expect(chanceOfAsMany(3, 10, 0.1)).toBeCloseTo(0.070_191, 5);
  });

  it('hold what was measured between them, the wider the surer', () => {
    const counts = fc.tuple(fc.integer({ min: 1, max: 100_000 }), fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(counts, ([n, share]) => {
        const bad = Math.round(n * share);
        const [wide, narrow] = [1e-9, 1e-2];
        expect(atLeast(bad, n, narrow)).toBeLessThanOrEqual(bad / n);
        expect(atMost(bad, n, narrow)).toBeGreaterThanOrEqual(bad / n);
        expect(atLeast(bad, n, wide)).toBeLessThanOrEqual(atLeast(bad, n, narrow));
        expect(atMost(bad, n, wide)).toBeGreaterThanOrEqual(atMost(bad, n, narrow));
      }),
    );
  });

  it('take a burst for about one, so that as many failures in one second prove less', () => {
    const even = new ShareSums();
    const burst = new ShareSums();
    for (let second = 0; second < 60; second++) {
      even.add(second % 2, 50);
      burst.add(second === 30 ? 30 : 0, 50);
    }
    expect([even.bad, even.n]).toEqual([burst.bad, burst.n]);
    expect(even.atLeast(0.001)).toBeGreaterThan(0.004);
    expect(burst.atLeast(0.001)).toBeLessThan(0.000_1);
  });

  it('share the chance of a false alarm out over all looks, however many there are', () => {
    let spent = 0;
    for (let look = 0; look < 2_000_000; look++) spent += shareOfLook(look);
    expect(spent).toBeGreaterThan(0.999);
    expect(spent).toBeLessThanOrEqual(1);
  });
});

describe('a guardrail', () => {
  it('waits for its sample, and for seconds enough', () => {
    expect(told(rail({}), 2, failing(50))).toMatchObject({ verdict: 'waiting', samples: 50 });
    const soon = told(rail({}), 8, failing(50));
    expect(soon).toMatchObject({ verdict: 'waiting', samples: 350 });
    expect(soon.words).toBe('100 % of 350 attempts at crm failed; allowed are 2 %; waits for samples from more seconds (7 of 10)');
    expect(told(rail({}), 12, failing(50)).verdict).toBe('breached');
  });

  it('forgets what is older than its window', () => {
    const guards = createGuards([rail({ windowMs: 20_000 })]);
    expect(told(rail({}), 100, failing(20), guards)).toMatchObject({ verdict: 'breached', samples: 1000 });
    for (let second = 100; second < 200; second++)
      guards.take({ tick: tickAt(second * 1000, failing(0).destinations), latency: () => null });
    expect(guards.judge(200)[0]).toMatchObject({ verdict: 'ok', value: 0, samples: 1000 });
  });

  it('counts only the classes of errors that it is for', () => {
    expect(told(rail({ classes: ['timeout'] }), 60, failing(20))).toMatchObject({ verdict: 'ok', value: 0 });
    expect(told(rail({ classes: ['timeout', 'server'] }), 60, failing(20))).toMatchObject({ verdict: 'breached', value: 0.4 });
  });

  it('counts slow requests by the sketches', () => {
    const slow = rail({ metric: 'slow', overMs: 800, limit: { type: 'threshold', value: 0.05 } });
    const fast = Array.from({ length: 19 }, () => 120);
    expect(told(slow, 60, { destinations: [{}], latenciesMs: [...fast, 120] })).toMatchObject({ verdict: 'ok', value: 0 });
    const bad = told(slow, 60, { destinations: [{}], latenciesMs: [...fast.slice(5), ...Array.from({ length: 6 }, () => 1000)] });
    expect(bad).toMatchObject({ verdict: 'breached', value: 0.3, samples: 59 * 20 });
    expect(bad.words).toContain('30 % of 1,180 requests at crm took over 800 ms in 1 min');
  });

  it('counts dead letters as they come', () => {
    const guards = createGuards([rail({ metric: 'deadLetters' })]);
    for (let second = 0; second < 60; second++)
      guards.take({ tick: tickAt(second * 1000, [{ delivered: 45, dead: 700 + second * 5 }]), latency: () => null });
    expect(guards.judge(60)[0]).toMatchObject({ verdict: 'breached', value: expect.closeTo(0.1, 2) });
    // A replay takes them away again: nothing died, and nothing is undone.
    for (let second = 60; second < 180; second++)
      guards.take({ tick: tickAt(second * 1000, [{ delivered: 45, dead: 500 }]), latency: () => null });
    expect(guards.judge(180)[0]).toMatchObject({ verdict: 'ok', value: 0 });
  });

  it('knows what of a source is turned away', () => {
    const turned = rail({ metric: 'turnedAway', subject: { type: 'source', id: 'web' } });
    const found = told(turned, 60, { source: { received: 50, accepted: 40, malformed: 7, quarantined: 3 } });
    expect(found).toMatchObject({ verdict: 'breached', value: 0.2 });
    expect(found.words).toContain('20 % of 2,950 events from web were turned away');
  });

  it('takes a reading for breached only where it was beyond throughout', () => {
    const waiting = rail({ metric: 'waiting', limit: { type: 'threshold', value: 100 }, windowMs: 20_000, minSamples: 20 });
    expect(told(waiting, 30, { destinations: [{ waiting: 90, retrying: 20 }] })).toMatchObject({ verdict: 'breached', certain: 110 });
    const guards = createGuards([waiting]);
    for (let second = 0; second < 60; second++)
      guards.take({ tick: tickAt(second * 1000, [{ waiting: second % 15 === 0 ? 0 : 5000 }]), latency: () => null });
    expect(guards.judge(60)[0]).toMatchObject({ verdict: 'ok', value: 5000 });
    const delivered = rail({
      metric: 'delivered',
      comparator: 'below',
      limit: { type: 'threshold', value: 10 },
      windowMs: 20_000,
      minSamples: 20,
    });
    expect(told(delivered, 30, failing(48)).words).toBe('never above 2 delivered a second at crm in 20 s; at least 10 allowed');
  });

  it('is held against another one at the same time', () => {
    const other = { type: 'destination', id: 'old' } as const;
    const beside = rail({ limit: { type: 'subject', subject: other, margin: 0.02 } });
    const both = (own: number, others: number) => ({
      destinations: [...failing(own).destinations, { id: 'old', delivered: 50 - others, errors: { server: others } }],
    });
    // A vendor whose own trouble shows on both sides is no fault of the change.
    expect(told(beside, 60, both(10, 10)).verdict).toBe('ok');
    expect(told(beside, 60, both(20, 5)).verdict).toBe('breached');
    const alone = told(beside, 60, failing(20));
    expect(alone).toMatchObject({ verdict: 'waiting', bound: null });
    expect(alone.words).toContain('waits for samples of what it is compared with');
  });

  it('is held against the time before, as far as that was measured', () => {
    const before = rail({ limit: { type: 'before', lastMs: 3_600_000, margin: 0.01 } });
    const history = (failed: number) => ({
      stepMs: 10_000,
      at: Array.from({ length: 60 }, (_, point) => point * 10_000),
      series: { delivered: Array.from({ length: 60 }, () => 50 - failed), failed: Array.from({ length: 60 }, () => failed) },
    });
    const baseline = baselineOf(before, history(1));
    expect(baseline).toMatchObject({ value: 0.02, samples: 30_000 });
    expect(baseline?.atMost).toBeCloseTo(0.0225, 3);
    const guards = createGuards([before], [baseline]);
    expect(told(before, 60, failing(1), guards).verdict).toBe('ok');
    expect(told(before, 60, failing(5), createGuards([before], [baseline])).verdict).toBe('breached');
    expect(baselineOf(before, { ...history(0), series: {} })).toBeNull();
    expect(told(before, 60, failing(5), createGuards([before], [null])).words).toContain(
      'a measure of the time before, of which there is none',
    );
  });

  it('refuses to be what could not be measured', () => {
    const refused = (more: object) => guardrailSchema.safeParse({ ...rail({}), ...more }).success;
    expect(refused({ subject: { type: 'source', id: 'web' } })).toBe(false);
    expect(refused({ metric: 'slow' })).toBe(false);
    expect(refused({ metric: 'slow', overMs: 5, limit: { type: 'before' } })).toBe(false);
    expect(refused({ limit: { type: 'threshold', value: 5 } })).toBe(false);
    expect(refused({ metric: 'waiting', limit: { type: 'before' } })).toBe(false);
    expect(refused({})).toBe(true);
  });
});
