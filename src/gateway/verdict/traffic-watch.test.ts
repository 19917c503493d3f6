import { describe, expect, it } from 'vitest';
import type { DestinationTick } from '#contract/telemetry/tick.ts';
import { destinationTick } from './testing/ticks.ts';
import { createTrafficWatch } from './traffic-watch.ts';

const timeoutMs = 10_000;

const latency = (p50: number, n = 10) => ({ n, p50, p95: p50, p99: p50 });

/** Feeds ticks, one a second; answers what is read after the last. */
function watched(ticks: readonly Partial<DestinationTick>[]) {
  const watch = createTrafficWatch();
  ticks.forEach((parts, index) => {
    watch.add(destinationTick(parts), (index + 1) * 1000, timeoutMs, true);
  });
  return watch.read(ticks.length * 1000);
}
const seconds = (count: number, parts: Partial<DestinationTick>) => Array.from({ length: count }, () => parts);

describe('what the last attempts came to', () => {
  it('forgets trouble ten seconds after it ended where traffic is lively, and a minute after where it is thin', () => {
    expect(watched([...seconds(5, { errors: { server: 20 } }), ...seconds(10, { delivered: 20 })])).toMatchObject({
      delivered: 200,
      errors: {},
    });
    expect(watched([...seconds(5, { errors: { server: 1 } }), ...seconds(30, { delivered: 1 })])).toMatchObject({ errors: { server: 5 } });
    expect(watched([...seconds(5, { errors: { server: 1 } }), ...seconds(60, { delivered: 1 })])).toMatchObject({
      delivered: 50,
      errors: {},
    });
  });

  it('keeps what a lane was stopped by for as long as it stands', () => {
    const standing = watched([...seconds(3, { errors: { auth: 1 } }), ...seconds(300, { state: 'held' })]);
    expect(standing).toMatchObject({ delivered: 0, errors: { auth: 3 }, lastAt: 3000 });
    expect(watched([...seconds(3, { errors: { auth: 1 } }), ...seconds(300, {})])).toMatchObject({ errors: {}, lastAt: null });
  });

  it('knows slow by what is usual for this vendor', () => {
    expect(watched(seconds(60, { delivered: 10, latency: latency(400) })).isSlow).toBe(false);
    expect(
      watched([...seconds(60, { delivered: 10, latency: latency(20) }), ...seconds(20, { delivered: 10, latency: latency(900) })]).isSlow,
    ).toBe(true);
    expect(
      watched([...seconds(60, { delivered: 10, latency: latency(300) }), ...seconds(20, { delivered: 10, latency: latency(900) })]).isSlow,
    ).toBe(false);
  });

  it('knows slow soon, although a slow vendor takes far fewer calls than it did', () => {
    const fast = seconds(60, { delivered: 50, latency: latency(20, 50) });
    expect(watched([...fast, ...seconds(6, { delivered: 3, latency: latency(1500, 3) })]).isSlow).toBe(true);
    expect(watched([...fast, ...seconds(3, { delivered: 3, latency: latency(1500, 3) })]).isSlow).toBe(false);
  });

  it('calls slow what takes nearly as long as a request may, whatever is usual', () => {
    expect(watched(seconds(10, { delivered: 1, latency: latency(9000, 1) })).isSlow).toBe(true);
  });

  it('counts as refused what died without an attempt, and not what an attempt killed', () => {
    expect(watched([{}, { dead: 5 }, { dead: 12 }])).toMatchObject({ errors: { rejected: 12 } });
    expect(watched([{}, { errors: { server: 5 } }, { dead: 5 }, { dead: 2 }])).toMatchObject({ errors: { server: 5 } });
    expect(watched([{ dead: 40 }, { dead: 40 }]).errors).toEqual({});
  });

  it('does not call a few slow calls slow', () => {
    expect(watched([...seconds(60, { latency: latency(20) }), ...seconds(4, { latency: latency(900, 1) })]).isSlow).toBe(false);
  });
});
