import type { ErrorEntry } from './entry.ts';

/** A sender sends too much. All pass by themselves: `Retry-After` says when. */
export const limitErrors = {
  INGEST_RATE_LIMITED: {
    status: 429,
    retryable: true,
    message: 'This source or write key sends more events a second than it may.',
    action: 'Wait for the time given in Retry-After; SDKs do. Raise the limit under System > Sources if the traffic is meant.',
  },
  INGEST_QUOTA_EXHAUSTED: {
    status: 429,
    retryable: true,
    message: 'This source or write key has used up its events of the day.',
    action: 'The quota starts anew at midnight UTC, see Retry-After; or raise it under System > Sources.',
  },
  INGEST_SENDER_TURNED_AWAY: {
    status: 429,
    retryable: true,
    message: 'This address sent too many requests that could not be read.',
    action: 'Fix the sender: see the errors that it was answered before. It is let in again after Retry-After.',
  },
} as const satisfies Record<string, ErrorEntry>;
