/**
 * Senders of requests that cannot be read. In one minute, an address that sends more of them with a source's key than is allowed,
 * and more than half of all that comes with that source's keys, is turned away with that source's keys for a while. What carries
 * no known key is a sender of its own. So neither a proxy that many share, nor one broken event of a good app, costs anybody else.
 */
import type { Abuse } from '#contract/documents/limits.ts';

/** Senders watched in a minute; beyond it new ones are not, until the minute is over. */
const maxWatched = 10_000;
const minuteMs = 60_000;

export interface TurnedAway {
  readonly address: string;
  /** null: no known key. */
  readonly source: string | null;
  /** Epoch ms. */
  readonly until: number;
}

export interface BadSenders {
  setAbuse(abuse: Abuse): void;
  /** True while somebody is turned away: only then need `waitMs` be asked. */
  readonly isAny: boolean;
  /** ms for which such a request is turned away; 0 where it is not. */
  waitMs(address: string, source: string | null, at: number): number;
  /** A request that gave no event. `requests`: all that came with keys of this source, ever. Returns what is turned away from now on. */
  bad(address: string, source: string | null, requests: number, at: number): TurnedAway | null;
  list(at: number): readonly TurnedAway[];
}

interface Watched {
  count: number;
  /** Requests with keys of the source when the minute began for it. */
  readonly requestsBefore: number;
}

const nameOf = (address: string, source: string | null) => `${source ?? ''} ${address}`;

export function createBadSenders(initial: Abuse): BadSenders {
  let abuse = initial;
  let minuteEnds = 0;
  const watched = new Map<string, Watched>();
  const away = new Map<string, TurnedAway>();

  function newMinute(at: number): void {
    if (at < minuteEnds && minuteEnds - at <= minuteMs) return;
    minuteEnds = at + minuteMs;
    watched.clear();
  }

  return {
    setAbuse(next) {
      abuse = next;
      if (abuse.badRequests === 'off') away.clear();
    },
    get isAny() {
      return away.size > 0;
    },
    waitMs(address, source, at) {
      const name = nameOf(address, source);
      const until = away.get(name)?.until ?? 0;
      // More than it can ever be: the clock stepped back.
      if (until > at && until - at <= abuse.turnAwayMs) return until - at;
      away.delete(name);
      return 0;
    },
    bad(address, source, requests, at) {
      if (abuse.badRequests === 'off') return null;
      newMinute(at);
      const name = nameOf(address, source);
      let sender = watched.get(name);
      if (!sender) {
        if (watched.size >= maxWatched) return null;
        sender = { count: 0, requestsBefore: requests - 1 };
        watched.set(name, sender);
      }
      sender.count++;
      if (sender.count <= abuse.badRequestsPerMinute || sender.count * 2 <= requests - sender.requestsBefore || away.has(name)) return null;
      const turned = { address, source, until: at + abuse.turnAwayMs };
      if (away.size >= maxWatched) away.clear();
      away.set(name, turned);
      watched.delete(name);
      return turned;
    },
    list(at) {
      for (const [name, { until }] of away) if (until <= at) away.delete(name);
      return [...away.values()];
    },
  };
}

/** The network of an address, as it may be kept: an address can be a person's. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:/, '');
  if (/^\d+\.\d+\.\d+\.\d+$/.test(plain)) return `${plain.split('.').slice(0, 3).join('.')}.0/24`;
  if (!plain.includes(':')) return 'an unknown address';
  const [groups = ''] = plain.split('::');
  return `${groups.split(':').slice(0, 3).join(':')}::/48`;
}
