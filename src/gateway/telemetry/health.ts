/**
 * Health of a destination as the board shows it, from its state, the events of the last minute and
 * the age of its oldest unsettled event. Worst first:
 *   held      a person or the system holds it: nothing is wrong with the vendor as far as we know
 *   failing   the breaker is open, half of the events fail, or nothing arrives while one waits for five minutes
 *   degraded  one event in twenty fails, or one waits for a minute (a backlog that drains is degraded)
 *   none      nothing was sent lately
 * Shares count from MIN_SAMPLE events on; below it failures show as degraded at most.
 */
import type { Health, LaneState } from '#contract/telemetry/tick.ts';

/** Span of the counts, ms. */
export const HEALTH_SPAN_MS = 60_000;
export const MIN_SAMPLE = 20;
export const FAILING_SHARE = 0.5;
export const DEGRADED_SHARE = 0.05;
export const FAILING_AGE_MS = 300_000;
export const DEGRADED_AGE_MS = 60_000;

export interface HealthFacts {
  readonly state: LaneState;
  /** Events in the last HEALTH_SPAN_MS. */
  readonly delivered: number;
  /** Failed attempts, in events, in the last HEALTH_SPAN_MS. */
  readonly failed: number;
  /** Age of the oldest unsettled event, ms; null when there is none. */
  readonly oldestAgeMs: number | null;
}

export function healthOf({ state, delivered, failed, oldestAgeMs }: HealthFacts): Health {
  if (state === 'off' || state === 'dropping' || state === 'diverting') return 'none';
  if (state === 'parked' || state === 'held') return 'held';
  if (state === 'breaker') return 'failing';
  const attempts = delivered + failed;
  const share = attempts === 0 ? 0 : failed / attempts;
  const age = oldestAgeMs ?? 0;
  if ((age >= FAILING_AGE_MS && delivered === 0) || (attempts >= MIN_SAMPLE && share >= FAILING_SHARE)) return 'failing';
  if (age >= DEGRADED_AGE_MS || (attempts >= MIN_SAMPLE && share >= DEGRADED_SHARE)) return 'degraded';
  if (attempts === 0) return 'none';
  return delivered === 0 ? 'degraded' : 'healthy';
}
