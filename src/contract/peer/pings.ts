import { type AppError, appError } from '../errors.ts';
import { err, ok, type Result } from '../result.ts';
import { frameText } from './frame-text.ts';
import type { Link } from './link.ts';

export interface Pings {
  /** Round trip to the other peer, ms: end to end, through whatever relays. */
  ping(deadlineMs: number): Promise<Result<number>>;
  onPong(id: number): void;
  closeAll(error: AppError): void;
}

export function createPings(link: Link): Pings {
  const pending = new Map<number, (outcome: Result<void>) => void>();
  return {
    ping(deadlineMs) {
      const closed = link.closed();
      if (closed) return Promise.resolve(err(closed));
      return new Promise((resolve) => {
        const id = link.nextId();
        const startedMs = performance.now();
        const timer = setTimeout(() => pending.get(id)?.(err(appError('PEER_DEADLINE', { deadlineMs }))), deadlineMs);
        pending.set(id, (outcome) => {
          pending.delete(id);
          link.withdraw(id);
          clearTimeout(timer);
          resolve(outcome.ok ? ok(performance.now() - startedMs) : outcome);
        });
        link.ask(id, frameText.ping(id));
      });
    },
    onPong: (id) => pending.get(id)?.(ok(undefined)),
    closeAll(error) {
      for (const settle of [...pending.values()]) settle(err(error));
    },
  };
}
