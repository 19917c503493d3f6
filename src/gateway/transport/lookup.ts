/**
 * Names to addresses, asked of the system. The system's resolver holds a thread of a small pool for as long as a name
 * server hangs, and everybody shares that pool: so a name is asked for once, however many connections wait for it, and what
 * was known of a name serves while no answer comes.
 */
import { type LookupAddress, type LookupAllOptions, lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

type Answer = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;
type Ask = (hostname: string, options: LookupAllOptions, answer: Answer) => void;

interface Known {
  readonly addresses: LookupAddress[];
  /** ms of the clock. */
  readonly at: number;
}

/** An answer serves for so long without asking again, ms: many connections opened at once are one question. */
const freshMs = 2_000;
/** A name that was known is not waited for longer than this, ms. */
const patienceMs = 1_000;
/** What was known serves for so long while the name servers do not answer, ms. */
const staleMs = 3_600_000;

/**
 * As `net.connect` wants it.
 * @param ask resolves a name to all of its addresses
 * @param now ms of a clock that nobody sets
 */
export function createLookup(ask: Ask = systemLookup, now: () => number = () => performance.now()): LookupFunction {
  const known = new Map<string, Known>();
  const asking = new Map<string, Answer[]>();

  function knownOf(hostname: string, maxAgeMs: number): LookupAddress[] | null {
    const found = known.get(hostname);
    return found && now() - found.at <= maxAgeMs ? found.addresses : null;
  }
  function finish(hostname: string, error: NodeJS.ErrnoException | null, addresses: LookupAddress[]): void {
    const waiting = asking.get(hostname) ?? [];
    asking.delete(hostname);
    if (error === null) known.set(hostname, { addresses, at: now() });
    const stale = error?.code === 'EAI_AGAIN' ? knownOf(hostname, staleMs) : null;
    if (error !== null && stale === null) known.delete(hostname);
    for (const answer of waiting) stale ? answer(null, stale) : answer(error, addresses ?? []);
  }
  function resolve(hostname: string, done: Answer): void {
    const fresh = knownOf(hostname, freshMs);
    if (fresh) return done(null, fresh);
    const answer = onlyOnce(done);
    const stale = knownOf(hostname, staleMs);
    if (stale) setTimeout(() => answer(null, stale), patienceMs).unref();
    const waiting = asking.get(hostname);
    if (waiting) return void waiting.push(answer);
    asking.set(hostname, [answer]);
    ask(hostname, { all: true }, (error, addresses) => finish(hostname, error, addresses));
  }

  return (hostname, options, callback) => {
    resolve(hostname, (error, all) => {
      const family = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : (options.family ?? 0);
      const addresses = family === 0 ? all : all.filter((each) => each.family === family);
      const [first] = addresses;
      if (error !== null || !first) callback(error ?? notFound(hostname), options.all ? [] : '');
      else if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function onlyOnce(answer: Answer): Answer {
  let isOver = false;
  return (error, addresses) => {
    if (isOver) return;
    isOver = true;
    answer(error, addresses);
  };
}

function notFound(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND', hostname });
}

/** One for the process: lanes to the same host ask once. */
export const lookup = createLookup();
