/**
 * Who may talk to the browser host. A launch makes a one-time token, which reaches the page in
 * the URL's fragment (never sent to a server, never in a log) and is exchanged once for a
 * session token. No cookie: one set for 127.0.0.1 would reach every port of this machine.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A launch that nobody followed for so long is forgotten. */
const oneTimeMs = 10 * 60_000;
/** Windows open at once, and then some; the oldest session makes room. */
const maxSessions = 64;

export interface Sessions {
  /** @param onUsed called when the token was exchanged or forgotten: what carried it can go. */
  issueOneTime(onUsed?: () => void): string;
  /** The session token for a one-time token; null when it is unknown, used or too old. */
  exchange(oneTime: string): string | null;
  isSession(token: string): boolean;
}

export function createSessions(now: () => number = Date.now): Sessions {
  // Kept by digest, so that looking one up takes no time that depends on the token.
  const oneTimes = new Map<string, { readonly untilMs: number; readonly onUsed: () => void }>();
  const sessions = new Set<string>();
  const make = (): string => randomBytes(32).toString('base64url');

  function forgetOld(): void {
    for (const [digest, entry] of oneTimes) {
      if (entry.untilMs > now()) continue;
      oneTimes.delete(digest);
      entry.onUsed();
    }
  }

  return {
    issueOneTime(onUsed = () => {}) {
      forgetOld();
      const token = make();
      oneTimes.set(digestOf(token), { untilMs: now() + oneTimeMs, onUsed });
      return token;
    },
    exchange(oneTime) {
      forgetOld();
      const digest = digestOf(oneTime);
      const entry = oneTimes.get(digest);
      if (!entry) return null;
      oneTimes.delete(digest);
      entry.onUsed();
      const session = make();
      sessions.add(digestOf(session));
      const [oldest] = sessions;
      if (sessions.size > maxSessions && oldest !== undefined) sessions.delete(oldest);
      return session;
    },
    isSession: (token) => sessions.has(digestOf(token)),
  };
}

/** Compares two secrets in a time that tells nothing of either. */
export function isSameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(Buffer.from(digestOf(given)), Buffer.from(digestOf(expected)));
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
