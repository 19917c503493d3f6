import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, decide, type RetryPolicy } from './decide.ts';

const policy: RetryPolicy = { maxAttempts: 3, dedupe: 'event', onUncertain: 'resend' };

describe('what becomes of an event after an attempt', () => {
  it('is done when the vendor confirmed or accepted it', () => {
    expect(decide({ kind: 'delivered', confirmed: true }, 1, policy, 0)).toEqual({ to: 'confirmed' });
    expect(decide({ kind: 'delivered', confirmed: false }, 1, policy, 0)).toEqual({ to: 'accepted' });
  });

  it('tries again after a server error, and becomes a dead letter after the last attempt', () => {
    const outcome = { kind: 'retry', class: 'server', detail: 'HTTP 503' } as const;
    expect(decide(outcome, 1, policy, 0.5)).toMatchObject({ to: 'retry', class: 'server', countsAttempt: true });
    expect(decide(outcome, 3, policy, 0.5)).toMatchObject({ to: 'dead', class: 'server' });
  });

  it('never uses up an attempt when the vendor throttles or refuses our credential', () => {
    for (let attempt = 1; attempt < 50; attempt++) {
      expect(decide({ kind: 'throttled', afterMs: 7000, detail: '429' }, attempt, policy, 0)).toMatchObject({
        to: 'retry',
        delayMs: 7000,
        countsAttempt: false,
      });
      expect(decide({ kind: 'authHold', detail: '401' }, attempt, policy, 0)).toMatchObject({ to: 'retry', countsAttempt: false });
    }
  });

  it('resends what may have arrived where the vendor dedupes, and gives it up where the owner said so', () => {
    const outcome = { kind: 'uncertain', detail: 'reset' } as const;
    expect(decide(outcome, 1, policy, 0)).toMatchObject({ to: 'retry', class: 'uncertain' });
    expect(decide(outcome, 1, { ...policy, dedupe: 'none', onUncertain: 'dead' }, 0)).toMatchObject({ to: 'dead', class: 'uncertain' });
    expect(decide(outcome, 1, { ...policy, dedupe: 'none', onUncertain: 'resend' }, 0)).toMatchObject({ to: 'retry' });
  });

  it('backs off between half and the whole of a doubling ceiling, at most 15 minutes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, random) => {
        const ceiling = Math.min(900_000, 500 * 2 ** (attempt - 1));
        const delay = backoffMs(attempt, random);
        expect(delay).toBeGreaterThanOrEqual(Math.floor(ceiling / 2));
        expect(delay).toBeLessThanOrEqual(ceiling);
      }),
    );
  });
});
