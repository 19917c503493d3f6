/** How an answer moves a vendor's erasure on. Pure; the states are drawn in `contract/documents/erasure.ts`. */
import type { VendorErasure } from '#contract/documents/erasure.ts';
import type { ErasureAnswer } from '#gateway/connectors/erasure.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const longestRetryMs = 6 * 3_600_000;
/** A vendor that cannot be asked for so long is given up: the law gives a month. */
export const askForMs = 30 * dayMs;
/** A vendor that took the request and never says that it is done. */
export const waitForMs = 60 * dayMs;
/** How often it is looked at whether a stopped destination may be asked again. */
const stoppedRetryMs = minuteMs;
const maxText = 300;

export interface StepContext {
  /** Epoch ms. */
  readonly now: number;
  /** When the erasure was requested, epoch ms. */
  readonly requestedAt: number;
  /** How often the vendor may be asked for its state; null where it does not tell. */
  readonly statusEveryMs: number | null;
}

/** 1 min, 2 min, 4 min ... 6 h. */
function retryMs(attempts: number): number {
  return Math.min(longestRetryMs, minuteMs * 2 ** Math.max(0, Math.min(attempts - 1, 12)));
}

function failed(entry: VendorErasure, now: number, detail: string, suggestedAction: string): VendorErasure {
  return { ...entry, state: 'failed', at: now, nextAt: null, detail: detail.slice(0, maxText), suggestedAction };
}

/** A request is about to leave. Written down first, so that a crash now asks again. */
export function sending(entry: VendorErasure, now: number): VendorErasure {
  return { ...entry, state: 'sent', at: now, attempts: entry.attempts + 1, nextAt: now, detail: '', suggestedAction: '' };
}

/** A switch or its owner has stopped the destination: nothing is sent, the request waits. */
export function stopped(entry: VendorErasure, now: number, why: string): VendorErasure {
  const detail = `waits: ${why}`.slice(0, maxText);
  const state = entry.state === 'sent' ? 'requested' : entry.state;
  return { ...entry, state, at: entry.detail === detail ? entry.at : now, nextAt: now + stoppedRetryMs, detail };
}

export function answered(entry: VendorErasure, answer: ErasureAnswer, { now, requestedAt, statusEveryMs }: StepContext): VendorErasure {
  const detail = answer.detail.slice(0, maxText);
  switch (answer.kind) {
    case 'done':
      return { ...entry, state: 'done', isConfirmed: true, at: now, nextAt: null, detail, suggestedAction: '' };
    case 'failed':
      return failed(entry, now, detail, answer.suggestedAction);
    case 'accepted': {
      const reference = answer.reference ?? entry.reference;
      if (statusEveryMs === null || reference === null)
        return { ...entry, state: 'done', isConfirmed: false, at: now, nextAt: null, reference, detail, suggestedAction: '' };
      const at = entry.state === 'accepted' ? entry.at : now;
      if (now - at > waitForMs)
        return failed(entry, now, `${detail}, for more than 60 days`, 'Ask the vendor’s support for the task in the reference.');
      return { ...entry, state: 'accepted', at, nextAt: now + statusEveryMs, reference, detail, suggestedAction: '' };
    }
    case 'retry': {
      const delayMs = Math.max(answer.afterMs ?? 0, retryMs(entry.attempts));
      if (entry.state === 'accepted') return { ...entry, nextAt: now + Math.max(delayMs, statusEveryMs ?? 0), detail };
      if (now - requestedAt > askForMs)
        return failed(
          entry,
          now,
          `${detail}, for more than 30 days`,
          'Erase the person at the vendor by hand, then say so with erasure.settle.',
        );
      return { ...entry, state: 'requested', at: now, nextAt: now + delayMs, detail };
    }
  }
}

/** Nothing more will happen by itself. */
export function isSettled({ state }: Pick<VendorErasure, 'state'>): boolean {
  return state === 'done' || state === 'failed' || state === 'notOffered';
}

/** The person's ids may still be needed to ask. */
export function needsIds({ state }: Pick<VendorErasure, 'state'>): boolean {
  return state === 'requested' || state === 'sent' || state === 'failed';
}
