/**
 * Who tried to come in by which door, and whether they were let in. Bounded, and coalesced: attempts of one kind by one caller
 * are one entry with a count, so that a flood neither fills the book nor the log. Keeps no address, no key and no token.
 */
import { createHash } from 'node:crypto';
import type { Authentication } from '#contract/operations/security.ts';

export type Attempt = Pick<Authentication, 'door' | 'outcome' | 'code' | 'who'>;

export interface AuthenticationBook {
  note(attempt: Attempt): void;
  /** Newest first. */
  list(limit: number): readonly Authentication[];
  readonly totals: { readonly accepted: number; readonly refused: number; readonly unknownKeys: number };
}

export interface AuthenticationLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

const mostEntries = 500;
/** One line of log at most so often for one entry, ms. */
const lineEveryMs = 10_000;

interface Entry extends Authentication {
  count: number;
  lastAt: number;
  loggedAt: number;
  loggedCount: number;
}

/** @param now epoch ms */
export function createAuthenticationBook(now: () => number, logger: AuthenticationLogger): AuthenticationBook {
  /** The one used last stands last. */
  const entries = new Map<string, Entry>();
  const totals = { accepted: 0, refused: 0, unknownKeys: 0 };

  function entryOf(attempt: Attempt, at: number): Entry {
    const key = `${attempt.door} ${attempt.outcome} ${attempt.code} ${attempt.who}`;
    const found = entries.get(key) ?? { ...attempt, count: 0, firstAt: at, lastAt: at, loggedAt: Number.NEGATIVE_INFINITY, loggedCount: 0 };
    entries.delete(key);
    entries.set(key, found);
    const oldest = entries.size > mostEntries ? entries.keys().next().value : undefined;
    if (oldest !== undefined) entries.delete(oldest);
    return found;
  }

  function log(entry: Entry, at: number): void {
    if (at - entry.loggedAt < lineEveryMs) return;
    const { door, outcome, code, who } = entry;
    const fields = { door, outcome, code, who, attempts: entry.count - entry.loggedCount };
    entry.loggedAt = at;
    entry.loggedCount = entry.count;
    if (outcome === 'accepted') logger.info(fields, 'authentication accepted');
    else logger.warn(fields, 'authentication refused');
  }

  return {
    totals,
    note(attempt) {
      const at = now();
      totals[attempt.outcome]++;
      if (attempt.door === 'ingest') totals.unknownKeys++;
      const entry = entryOf(attempt, at);
      entry.count++;
      entry.lastAt = at;
      log(entry, at);
    },
    list: (limit) =>
      [...entries.values()]
        .toReversed()
        .slice(0, limit)
        .map(({ loggedAt: _at, loggedCount: _count, ...entry }) => entry),
  };
}

/** Eight hex digits by which two people can tell whether they speak of the same key: somebody may have sent a secret as one. */
export function keyMark(key: string | null): string {
  return key === null || key === '' ? '' : createHash('sha256').update(key).digest('hex').slice(0, 8);
}
