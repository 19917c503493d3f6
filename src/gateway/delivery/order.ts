/**
 * Strict order for each user: an event waits until the earlier ones of its user are settled. It knows, by user, the seqs that
 * are not settled; the first of them may go, the others wait in memory, or as rows where the cursor had to pass.
 *
 *   admitted ──first of its user──▶ offered ──settled──▶ the next of the user is offered
 *       └────an earlier one is unsettled──▶ waits
 *
 * A dead letter counts as settled: what a person must look at may not stop a user for days. Replays and events that a
 * switch released have no order any more, and do not wait.
 *
 * The escape: where too many events of one user wait, or for too long, or too many altogether, the order of that user is given up
 * until nothing of them is unsettled. So one hot key costs its own order, not the lane, and memory stays bounded.
 */
import type { HotUser } from '#contract/operations/lane.ts';
import type { OrderReading } from '#contract/telemetry/breaker.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import type { GatewayEvent } from '#gateway/pipeline/event.ts';
import type { Entry } from './window.ts';

export interface OrderLimits {
  /** Events of one user that may wait. */
  readonly waitingOfUser: number;
  /** Events that may wait altogether. */
  readonly waiting: number;
  /** How long one user's events may wait while the lane flows, ms. */
  readonly blockedMs: number;
}

export const orderLimits: OrderLimits = { waitingOfUser: 1000, waiting: 4096, blockedMs: 600_000 };

export interface OrderBook {
  /** Offers the entry, now or when its turn comes. */
  admit(entry: Entry): void;
  /** An entry that was admitted, or not, will not be sent any more. */
  settled(entry: Entry): void;
  /** Takes note of an unsettled row that is not in memory. */
  owe(seq: number, event: GatewayEvent): void;
  /** Passes `elapsedMs` of flowing lane. */
  flowed(elapsedMs: number): void;
  /** Forgets what is above the cursor and whatever waits: it will be read again. Returns what waited. */
  standStill(cursor: number): readonly Entry[];
  reading(): OrderReading;
  /** Users of whom most events wait, most first. */
  hot(most: number): readonly HotUser[];
}

interface User {
  /** Unsettled seqs, ascending. */
  readonly seqs: number[];
  readonly waiting: Map<number, Entry>;
  blockedMs: number;
  isGivenUp: boolean;
}

/** Whom an event belongs to; null where nobody. */
export function orderKeyOf(event: GatewayEvent): string | null {
  return event.userId ?? event.anonymousId;
}

function insert(seqs: number[], seq: number): void {
  let at = seqs.length;
  while (at > 0 && (seqs[at - 1] as number) > seq) at--;
  if (seqs[at - 1] !== seq) seqs.splice(at, 0, seq);
}

export function createOrderBook(offer: (entry: Entry) => void, limits: OrderLimits = orderLimits): OrderBook {
  const users = new Map<string, User>();
  let waitingCount = 0;
  let givenUp = 0;

  function userOf(key: string): User {
    const known = users.get(key);
    if (known) return known;
    const user: User = { seqs: [], waiting: new Map(), blockedMs: 0, isGivenUp: false };
    users.set(key, user);
    return user;
  }
  function release(user: User, seq: number): void {
    const entry = user.waiting.get(seq);
    if (!entry) return;
    user.waiting.delete(seq);
    waitingCount--;
    entry.phase = 'pending';
    offer(entry);
  }
  function giveUp(user: User): void {
    user.isGivenUp = true;
    givenUp++;
    for (const seq of [...user.waiting.keys()]) release(user, seq);
  }

  return {
    admit(entry) {
      const { seq, gen, event } = entry.record;
      const key = gen > 0 || entry.origin === 'held' ? null : orderKeyOf(event);
      if (key === null) return offer(entry);
      const user = userOf(key);
      insert(user.seqs, seq);
      if (user.isGivenUp || user.seqs[0] === seq) return offer(entry);
      entry.phase = 'waiting';
      user.waiting.set(seq, entry);
      waitingCount++;
      if (user.waiting.size > limits.waitingOfUser || waitingCount > limits.waiting) giveUp(user);
    },
    settled({ record }) {
      const key = record.gen > 0 ? null : orderKeyOf(record.event);
      const user = key === null ? undefined : users.get(key);
      const at = user ? user.seqs.indexOf(record.seq) : -1;
      if (!user || key === null || at < 0) return;
      user.seqs.splice(at, 1);
      user.blockedMs = 0;
      const next = user.seqs[0];
      if (next === undefined) users.delete(key);
      else release(user, next);
    },
    owe(seq, event) {
      const key = orderKeyOf(event);
      if (key !== null) insert(userOf(key).seqs, seq);
    },
    flowed(elapsedMs) {
      if (waitingCount === 0) return;
      for (const user of users.values()) {
        if (user.waiting.size === 0) continue;
        user.blockedMs += elapsedMs;
        if (user.blockedMs > limits.blockedMs) giveUp(user);
      }
    },
    standStill(cursor) {
      const waited: Entry[] = [];
      for (const [key, user] of users) {
        waited.push(...user.waiting.values());
        user.waiting.clear();
        while (user.seqs.length > 0 && (user.seqs.at(-1) as number) > cursor) user.seqs.pop();
        if (user.seqs.length === 0) users.delete(key);
      }
      waitingCount = 0;
      return waited;
    },
    reading: () => ({ users: users.size, waiting: waitingCount, givenUp }),
    hot(most) {
      const waiting = waitingCount === 0 ? [] : [...users.values()].filter((user) => user.waiting.size > 0);
      return waiting
        .sort((a, b) => b.waiting.size - a.waiting.size)
        .slice(0, most)
        .map((user) => {
          const [first] = user.waiting.values();
          return { messageId: first?.record.messageId ?? '', waiting: user.waiting.size, blockedMs: user.blockedMs };
        });
    },
  };
}

/** Rows that are looked at when a lane opens; the order of what lies beyond is lost. */
const loadedRows = 20_000;
const loadedAtOnce = 512;

export interface OrderHost {
  readonly destination: string;
  readonly log: EventLog;
  offer(entry: Entry): void;
  wake(): void;
  bug(error: unknown): void;
}

/** The book of a lane that opens with so many rows to try again. Until it is known what they are nothing may be read. */
export function openOrder(host: OrderHost, retrying: number): { readonly book: OrderBook; isKnown(): boolean } {
  const book = createOrderBook(host.offer);
  let isKnown = retrying === 0;
  if (!isKnown)
    loadOrder(book, host.log, host.destination)
      .then(() => {
        isKnown = true;
        host.wake();
      })
      .catch(host.bug);
  return { book, isKnown: () => isKnown };
}

async function loadOrder(book: OrderBook, log: EventLog, destination: string): Promise<void> {
  const rows = await log.dueRetries(destination, Number.MAX_SAFE_INTEGER, loadedRows);
  const seqs = rows.filter(({ gen }) => gen === 0).map(({ seq }) => seq);
  for (let from = 0; from < seqs.length; from += loadedAtOnce) {
    const records = await log.readSeqs(destination, seqs.slice(from, from + loadedAtOnce));
    for (const { seq, event } of records) book.owe(seq, event);
  }
}
