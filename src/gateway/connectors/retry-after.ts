/** No vendor's word delays an event by more than this, ms: a broken header must not park events for years. */
const longestWaitMs = 24 * 3_600_000;

const seconds = /^\d+(\.\d+)?$/;
const httpDate = /^[A-Z][a-z]{2,8},? .*\d{2}:\d{2}:\d{2}/;

/**
 * How long a vendor asks to wait, ms, from `Retry-After` (RFC 9110, 10.2.3: seconds or an HTTP date).
 * A date is measured against the vendor's own `Date` header, so that a clock that is off does no
 * harm. Null where the vendor does not say, or not in a readable way.
 * @param headers lower-case names
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>): number | null {
  const text = headers['retry-after']?.trim();
  if (!text) return null;
  if (seconds.test(text)) return Math.min(longestWaitMs, Math.ceil(Number(text) * 1000));
  if (!httpDate.test(text)) return null;
  const delayMs = Date.parse(text) - Date.parse(headers.date ?? '');
  return Number.isNaN(delayMs) ? null : Math.min(longestWaitMs, Math.max(0, delayMs));
}
