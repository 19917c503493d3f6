import { describe, expect, it } from 'vitest';
import { endpointsSchema } from '#contract/documents/endpoints.ts';
import type { DestinationTransport } from '../use-lane.ts';
import { breakerMark, failBackText, rateText, windowText } from './words.ts';

const now = 1_000_000;

describe('a breaker', () => {
  it('that a person holds open looks held, not broken', () => {
    const forced = { state: 'open', by: 'ana', reason: '', at: now } as const;
    expect(breakerMark({ effective: 'open', forced })).toBe('parked');
    expect(breakerMark({ effective: 'open', forced: null })).toBe('failing');
  });

  it('tells what it judges by, and does not invent a share of nothing', () => {
    expect(windowText({ windowMs: 10_000, slowMs: 8000, calls: 50, failed: 10, slow: 1 })).toBe(
      '50 calls in the last 10.0 s: 10 (20.0 %) failed, 1 (2.00 %) took over 8.00 s',
    );
    expect(windowText({ windowMs: 10_000, slowMs: 8000, calls: 0, failed: 0, slow: 0 })).toBe('no calls in the last 10.0 s');
  });
});

describe('the rate', () => {
  it('says why it is slow only where the vendor slowed it', () => {
    expect(rateText(null, now)).toEqual({ now: 'as fast as the vendor answers', why: null });
    expect(rateText({ perSecond: 500, ceilingPerSecond: 500, throttledAt: null }, now).why).toBeNull();
    expect(rateText({ perSecond: 20, ceilingPerSecond: null, throttledAt: now - 8000 }, now)).toEqual({
      now: '20.0 /s',
      why: expect.stringContaining('8 s ago'),
    });
  });
});

describe('failing back', () => {
  const endpoint = (id: string, healthySince: number | null) => ({ id, healthySince }) as DestinationTransport['endpoints'][number];
  const transport = (values: Partial<DestinationTransport>): DestinationTransport =>
    ({
      mode: 'ordered',
      active: 'eu',
      since: now - 10_000,
      pinned: false,
      endpoints: [endpoint('primary', null), endpoint('eu', null)],
      ...values,
    }) as DestinationTransport;
  const { healthyMs, dwellMs } = { healthyMs: 30_000, dwellMs: 60_000 };
  const endpoints = endpointsSchema.parse({
    healthyMs,
    dwellMs,
    others: [{ id: 'eu', url: 'http://127.0.0.1/', dedupeDomain: 'primary' }],
  });

  it('waits for good probes, then for the later of hysteresis and dwell', () => {
    expect(failBackText(transport({}), endpoints, now)).toBe('No earlier endpoint answers its probes yet.');
    const well = [endpoint('primary', now - 5000), endpoint('eu', null)];
    expect(failBackText(transport({ endpoints: well }), endpoints, now)).toBe('Goes back to primary in 50 s if it stays well.');
    expect(failBackText(transport({ endpoints: well, since: now - 100_000 }), endpoints, now)).toContain('in 25 s');
    expect(failBackText(transport({ endpoints: well }), endpoints, now + 60_000)).toContain('any moment');
  });

  it('says nothing where there is nothing to go back to, or a person chose', () => {
    expect(failBackText(transport({ active: 'primary' }), endpoints, now)).toBeNull();
    expect(failBackText(transport({ pinned: true }), endpoints, now)).toBeNull();
    expect(failBackText(transport({ mode: 'spread' }), endpoints, now)).toBeNull();
  });
});
