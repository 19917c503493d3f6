/** How a limit that is reached is said to the sender. */
import type { Limits } from '#contract/documents/limits.ts';
import { type AppError, appError } from '#contract/errors.ts';
import type { ThrottleReason } from '#contract/telemetry/ingest.ts';

export interface Reached {
  readonly reason: Exclude<ThrottleReason, 'badRequests'>;
  /** What it limits: the source as a whole, or the key that the request came with. */
  readonly of: 'source' | 'key';
  /** ms until events are taken again. */
  readonly waitMs: number;
  /** Events that may come in a window, and the window, seconds. */
  readonly quota: number;
  readonly windowSeconds: number;
}

/**
 * `rateLimit` and `rateLimitPolicy` are header fields of draft-ietf-httpapi-ratelimit-headers-10. They count events, not requests,
 * and nothing remains, or there would be no error. They are in the details too, for senders that cannot read headers.
 */
export function limitError({ reason, of, waitMs, quota, windowSeconds }: Reached): AppError {
  const retryAfterSeconds = secondsOf(waitMs);
  const name = `"${of}-${reason}"`;
  return appError(reason === 'quota' ? 'INGEST_QUOTA_EXHAUSTED' : 'INGEST_RATE_LIMITED', {
    retryAfterSeconds,
    rateLimit: `${name};r=0;t=${retryAfterSeconds}`,
    rateLimitPolicy: `${name};q=${Math.max(1, Math.floor(quota))};w=${Math.max(1, Math.round(windowSeconds))}`,
  });
}

export function turnedAwayError(waitMs: number): AppError {
  return appError('INGEST_SENDER_TURNED_AWAY', { retryAfterSeconds: secondsOf(waitMs) });
}

/** Whole seconds, because that is what the header takes; never 0, which SDKs take for no header at all. */
function secondsOf(waitMs: number): number {
  return Math.max(1, Math.ceil(waitMs / 1000));
}

/** `Retry-After`, which the SDKs obey, and the `RateLimit` fields; none for other errors. */
export function limitHeaders(details: AppError['details']): readonly string[] {
  const { retryAfterSeconds, rateLimit, rateLimitPolicy } = details ?? {};
  if (typeof retryAfterSeconds !== 'number') return [];
  const headers = ['retry-after', String(retryAfterSeconds)];
  if (typeof rateLimit !== 'string' || typeof rateLimitPolicy !== 'string') return headers;
  const exposed = ['access-control-expose-headers', 'retry-after, ratelimit, ratelimit-policy'];
  return [...headers, 'ratelimit-policy', rateLimitPolicy, 'ratelimit', rateLimit, ...exposed];
}

/** Events that may come at once under a rate. */
export function burstOf({ ratePerSecond = 0, burst }: Limits): number {
  return burst ?? Math.max(1, Math.ceil(2 * ratePerSecond));
}
