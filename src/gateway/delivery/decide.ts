/**
 * What becomes of one event after an attempt. Pure; the only place that decides between done,
 * again and never.
 */

import { assertNever } from '#contract/result.ts';
import type { Outcome } from '#gateway/connectors/connector.ts';

export interface RetryPolicy {
  /** Attempts before a dead letter. */
  readonly maxAttempts: number;
  readonly dedupe: 'event' | 'request' | 'none';
  /** For dedupe `none`: resend what may have arrived, or give it up. */
  readonly onUncertain: 'resend' | 'dead';
}

export type Decision =
  | { readonly to: 'confirmed' }
  | { readonly to: 'accepted' }
  | { readonly to: 'retry'; readonly delayMs: number; readonly class: string; readonly detail: string; readonly countsAttempt: boolean }
  | { readonly to: 'dead'; readonly class: string; readonly detail: string };

const baseDelayMs = 500;
const longestDelayMs = 15 * 60_000;
/** Where a vendor throttles without saying for how long: short, because the lane's rate falls as well. */
const throttleDelayMs = 1_000;

/**
 * Delay before attempt n + 1: exponential with full jitter over the upper half, so that a fleet of
 * events that failed together does not come back together (AWS Architecture Blog,
 * "Exponential Backoff And Jitter").
 * @param attempt attempts made, from 1
 * @param random 0 ≤ random < 1
 */
export function backoffMs(attempt: number, random: number): number {
  const ceiling = Math.min(longestDelayMs, baseDelayMs * 2 ** Math.min(attempt - 1, 20));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}

/**
 * @param attempt attempts made including this one, from 1
 * @param random 0 ≤ random < 1, for the jitter
 */
export function decide(outcome: Outcome, attempt: number, policy: RetryPolicy, random: number): Decision {
  switch (outcome.kind) {
    case 'delivered':
      return outcome.confirmed ? { to: 'confirmed' } : { to: 'accepted' };
    case 'rejected':
      return { to: 'dead', class: 'rejected', detail: outcome.detail };
    case 'bisect':
      return { to: 'dead', class: 'rejected', detail: outcome.detail };
    case 'authHold':
      return { to: 'retry', delayMs: 0, class: 'auth', detail: outcome.detail, countsAttempt: false };
    case 'throttled':
      return {
        to: 'retry',
        delayMs: outcome.afterMs ?? throttleDelayMs + Math.round(throttleDelayMs * random),
        class: 'throttled',
        detail: outcome.detail,
        countsAttempt: false,
      };
    case 'uncertain':
      if (policy.dedupe === 'none' && policy.onUncertain === 'dead') return { to: 'dead', class: 'uncertain', detail: outcome.detail };
      return again('uncertain', outcome.detail, attempt, policy, random);
    case 'retry':
      return again(outcome.class, outcome.detail, attempt, policy, random);
    default:
      return assertNever(outcome);
  }
}

function again(errorClass: string, detail: string, attempt: number, policy: RetryPolicy, random: number): Decision {
  if (attempt >= policy.maxAttempts) return { to: 'dead', class: errorClass, detail: `gave up after ${attempt} attempts: ${detail}` };
  return { to: 'retry', delayMs: backoffMs(attempt, random), class: errorClass, detail, countsAttempt: true };
}
