import type { EventLog, LedgerView, RouteId } from '../event-log.ts';
import { deltaOf, type Settling } from '../testing/requests.ts';

export interface Subject {
  readonly log: EventLog;
  dispose(): Promise<void>;
}

export interface SubjectOptions {
  /** Wall clock, epoch ms. */
  readonly now: () => number;
  readonly dedupeWindowMs: number;
  /** The shared tail holds only about a hundred small events. */
  readonly smallTail: boolean;
}

export type MakeSubject = (options: SubjectOptions) => Promise<Subject>;

export const startOfTime = 1_795_000_000_000;

/** A new log for each test, with the destinations `a` (its lane open) and `b`. */
export interface Bench {
  readonly log: EventLog;
  readonly toA: RouteId;
  readonly toBoth: RouteId;
  readonly toNone: RouteId;
  /** Of the lane of `a`. */
  readonly epoch: number;
  readonly now: number;
  tick(ms: number): void;
  /** Starts over, with other options. */
  setUp(options?: Partial<SubjectOptions>): Promise<void>;
  dispose(): Promise<void>;
  /** Settles the lane of `a`. */
  settle(settling: Settling): Promise<void>;
  ledger(): Promise<LedgerView>;
}

interface Parts {
  readonly subject: Subject;
  readonly toA: RouteId;
  readonly toBoth: RouteId;
  readonly toNone: RouteId;
  readonly epoch: number;
}

export function createBench(make: MakeSubject): Bench {
  let parts: Parts | null = null;
  let now = startOfTime;
  const current = (): Parts => {
    if (!parts) throw new Error('setUp was not called');
    return parts;
  };

  return {
    get log() {
      return current().subject.log;
    },
    get toA() {
      return current().toA;
    },
    get toBoth() {
      return current().toBoth;
    },
    get toNone() {
      return current().toNone;
    },
    get epoch() {
      return current().epoch;
    },
    get now() {
      return now;
    },
    tick(ms) {
      now += ms;
    },
    async setUp(options = {}) {
      await parts?.subject.dispose();
      now = startOfTime;
      const subject = await make({ now: () => now, dedupeWindowMs: 3_600_000, smallTail: false, ...options });
      const { log } = subject;
      const [a, b] = [await log.register('a'), await log.register('b')];
      const { epoch } = await log.open('a');
      parts = { subject, toA: log.route([a]), toBoth: log.route([b, a]), toNone: log.route([]), epoch };
    },
    async dispose() {
      await parts?.subject.dispose();
      parts = null;
    },
    settle: (settling) => current().subject.log.settle(deltaOf('a', current().epoch, settling)),
    ledger: () => current().subject.log.ledger('a'),
  };
}
