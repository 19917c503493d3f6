import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createMemoryStore } from '#gateway/control/memory-store.ts';
import type { LedgerView } from '#gateway/log/event-log.ts';
import { watchLedger } from './ledger-watch.ts';

const balanced: LedgerView = {
  destination: 'a',
  cursor: 0,
  head: 0,
  total: 0,
  filtered: 0,
  waiting: 0,
  held: 0,
  retrying: 0,
  dead: 0,
  terminal: { confirmed: 0, accepted: 0, suppressed: 0, dropped: 0, diverted: 0, expired: 0 },
  replayed: 0,
  divertedIn: 0,
  violations: [],
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('checks one destination after the other, and says an imbalance once, loudly, until it is gone', async () => {
  const store = createMemoryStore(Date.now);
  const errors: string[] = [];
  const logger = { info() {}, warn() {}, error: (_: object, message: string) => void errors.push(message) };
  const asked: string[] = [];
  let violations: string[] = ['L1: 3 came, 2 are accounted for'];
  const log = {
    async ledger(destination: string) {
      asked.push(destination);
      return { ...balanced, destination, violations: destination === 'b' ? violations : [] };
    },
  };
  const watch = watchLedger({ log, store, logger, destinations: () => ['a', 'b'] });
  await vi.advanceTimersByTimeAsync(4000);
  expect(asked).toEqual(['a', 'b', 'a', 'b']);
  expect(errors).toEqual(['the ledger does not balance']);
  expect([...watch.violations()]).toEqual([['b', violations]]);
  expect(store.audit(null, 1)[0]).toMatchObject({ action: 'ledger.unbalanced', target: 'b' });
  violations = [];
  await vi.advanceTimersByTimeAsync(2000);
  expect(watch.violations().size).toBe(0);
  watch.close();
});
