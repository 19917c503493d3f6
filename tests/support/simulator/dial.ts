/** Failure modes that can be dialled for a vendor, and which request or event meets one. */
import { z } from '#contract/zod.ts';

export const failures = ['ok', 'slow', '429', '500', '401', 'hang', 'reset', 'resetBefore', 'partial', 'truncated', 'html'] as const;
export type Failure = (typeof failures)[number];

/** A vendor, or a named copy of one with books of its own: `webhook.d1` answers under `/webhook.d1`. */
export const vendorName = z
  .string()
  .regex(/^(mixpanel|ga4|meta|webhook)(\.[A-Za-z0-9_-]{1,60})?$/, 'mixpanel, ga4, meta or webhook, with .name for a copy');

export const dialSchema = z.strictObject({
  vendor: vendorName,
  /**
   * slow: answers well after `delayMs`. hang: not at all until released. reset: keeps the events, then resets
   * the connection. resetBefore: resets without looking. partial: `share` of the events are bad, always the
   * same ones. truncated: keeps the events, answers half. html: an error page of something in between.
   */
  failure: z.enum(failures),
  /** Share of requests that meet it (of events for `partial`), spread evenly. */
  share: z.number().min(0).max(1).default(1),
  /** Waited before any answer, ms. `slow` waits 1,000 unless told. */
  delayMs: z.number().int().min(0).max(600_000).optional(),
  /** Sent with 429 (and 500) as Retry-After, s. */
  retryAfterS: z.number().int().min(0).max(86_400).optional(),
  /** For `partial`: exactly these keys are bad, instead of a share. */
  keys: z.array(z.string()).max(10_000).optional(),
  /** A loan: after so long it is again as it was dialled before, ms. Whoever broke it may be gone by then. */
  forMs: z.number().int().min(1).max(600_000).optional(),
});
export type DialInput = z.input<typeof dialSchema>;
export type DialSetting = z.output<typeof dialSchema>;

export interface Dial {
  readonly setting: DialSetting;
  /** The failure that the next request meets. */
  next(): Failure;
  /** Whether an event is bad: a matter of its key alone, so that a resend meets the same answer. */
  isPoison(key: string): boolean;
  readonly delayMs: number;
}

function unitHash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4_294_967_296;
}

export function createDial(setting: DialSetting): Dial {
  const keys = setting.keys === undefined ? null : new Set(setting.keys);
  const isPartial = setting.failure === 'partial';
  // Requests seen and met: exact shares without chance, so that tests can count.
  let seen = 0;
  let met = 0;
  return {
    setting,
    delayMs: setting.delayMs ?? (setting.failure === 'slow' ? 1000 : 0),
    next() {
      if (setting.failure === 'ok' || isPartial) return setting.failure;
      seen++;
      if (met + 1 > Math.floor(seen * setting.share + 1e-9)) return 'ok';
      met++;
      return setting.failure;
    },
    isPoison: (key) => isPartial && (keys ? keys.has(key) : unitHash(key) < setting.share),
  };
}
