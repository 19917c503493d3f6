import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogRecord } from '#gateway/log/event-log.ts';
import type { GatewayEvent } from '#gateway/pipeline/event.ts';
import { createOrderBook, type OrderLimits, orderLimits } from './order.ts';
import { type Entry, entryOf } from './window.ts';

function entry(seq: number, userId: string | null, origin: Entry['origin'] = 'log', gen = 0): Entry {
  const event: GatewayEvent = {
    ...{ source: 'web', messageId: `m${seq}`, type: 'track', name: 'Order', userId, anonymousId: null, timestamp: 0, receivedAt: 0 },
    ...{ properties: {}, traits: {}, context: {}, groupId: null, previousId: null },
  };
  const record: LogRecord = { seq, gen, source: 'web', messageId: `m${seq}`, receivedAt: 0, route: 1, bytes: 500, event };
  return entryOf(record, origin);
}

function makeBook(limits: Partial<OrderLimits> = {}) {
  const offered: number[] = [];
  const book = createOrderBook((each) => offered.push(each.record.seq), { ...orderLimits, ...limits });
  return { book, offered };
}

describe('the order of users', () => {
  it('lets one event of a user go, and the next when that is settled', () => {
    const { book, offered } = makeBook();
    const first = entry(1, 'ana');
    book.admit(first);
    book.admit(entry(2, 'ana'));
    book.admit(entry(3, 'bo'));
    expect(offered).toEqual([1, 3]);
    book.settled(first);
    expect(offered).toEqual([1, 3, 2]);
  });

  it('tells who waits most, by the message that is first in line and never by name', () => {
    const { book } = makeBook();
    for (const [seq, user] of [
      [1, 'ana'],
      [2, 'ana'],
      [3, 'bo'],
      [4, 'bo'],
      [5, 'bo'],
    ] as const)
      book.admit(entry(seq, user));
    book.flowed(3000);
    expect(book.hot(10)).toMatchObject([
      { waiting: 2, blockedMs: 3000 },
      { waiting: 1, blockedMs: 3000 },
    ]);
    expect(JSON.stringify(book.hot(10))).not.toMatch(/ana|"bo"/);
    expect(book.hot(1)).toHaveLength(1);
  });

  it('asks nothing of events without a user, replays and events that a switch released', () => {
    const { book, offered } = makeBook();
    for (const each of [entry(1, null), entry(2, null), entry(3, 'ana'), entry(1, 'ana', 'row', 1), entry(2, 'ana', 'held')])
      book.admit(each);
    expect(offered).toEqual([1, 2, 3, 1, 2]);
  });

  it('keeps the successors of a row that is to be tried again', () => {
    const { book, offered } = makeBook();
    book.admit(entry(1, 'ana'));
    book.admit(entry(2, 'ana'));
    // The first went to a side row: it is not settled. It comes back, and only then is it.
    const again = entry(1, 'ana', 'row');
    book.admit(again);
    expect(offered).toEqual([1, 1]);
    book.settled(again);
    expect(offered).toEqual([1, 1, 2]);
  });

  it('knows after a restart what is unsettled from before', () => {
    const { book, offered } = makeBook();
    for (const seq of [5, 3]) book.owe(seq, entry(seq, 'ana').record.event);
    const [third, fifth] = [entry(3, 'ana', 'row'), entry(5, 'ana', 'row')];
    book.admit(entry(7, 'ana'));
    book.admit(fifth);
    expect(offered).toEqual([]);
    book.admit(third);
    book.settled(third);
    book.settled(fifth);
    expect(offered).toEqual([3, 5, 7]);
  });

  it('gives the order of one user up where too many of their events wait, until nothing of them is unsettled', () => {
    const { book, offered } = makeBook({ waitingOfUser: 3 });
    const entries = Array.from({ length: 6 }, (_, index) => entry(index + 1, 'bot'));
    for (const each of entries) book.admit(each);
    expect(offered).toEqual([1, 2, 3, 4, 5, 6]);
    expect(book.reading()).toEqual({ users: 1, waiting: 0, givenUp: 1 });
    for (const each of entries) book.settled(each);
    book.admit(entry(7, 'bot'));
    book.admit(entry(8, 'bot'));
    expect(offered.slice(6)).toEqual([7]);
  });

  it('gives it up after ten minutes of flowing lane, and not while the lane stands', () => {
    const { book, offered } = makeBook();
    book.admit(entry(1, 'ana'));
    book.admit(entry(2, 'ana'));
    book.flowed(600_000);
    expect(offered).toEqual([1]);
    book.flowed(1000);
    expect(offered).toEqual([1, 2]);
  });

  it('forgets what will be read again when the lane stands still, and keeps what is durable', () => {
    const { book, offered } = makeBook();
    book.admit(entry(1, 'ana'));
    book.admit(entry(2, 'ana'));
    book.admit(entry(3, 'bo'));
    expect(book.standStill(1).map(({ record }) => record.seq)).toEqual([2]);
    book.admit(entry(2, 'ana'));
    book.admit(entry(3, 'bo'));
    expect(offered).toEqual([1, 3, 3]);
  });

  it('never lets two events of a user go at once, or a later one first, and forgets none', () => {
    const step = fc.record({ user: fc.constantFrom('ana', 'bo', 'cy', null), act: fc.constantFrom('admit', 'settle', 'retry') });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const out = new Map<number, Entry>();
        const rows: Entry[] = [];
        const lastSettled = new Map<string, number>();
        const book = createOrderBook((each) => {
          const { userId } = each.record.event;
          if (userId !== null) {
            for (const other of out.values()) expect(other.record.event.userId).not.toBe(userId);
            expect(each.record.seq).toBeGreaterThan(lastSettled.get(userId) ?? 0);
          }
          out.set(each.record.seq, each);
        });
        const end = (act: 'settle' | 'retry') => {
          const [each] = out.values();
          if (!each) return;
          out.delete(each.record.seq);
          if (act === 'retry') return void rows.push(each);
          if (each.record.event.userId !== null) lastSettled.set(each.record.event.userId, each.record.seq);
          book.settled(each);
        };
        let seq = 0;
        for (const { user, act } of steps) {
          if (act === 'admit') book.admit(entry(++seq, user));
          else end(act);
        }
        while (out.size > 0 || rows.length > 0) {
          for (const each of rows.splice(0)) book.admit(entry(each.record.seq, each.record.event.userId, 'row'));
          end('settle');
        }
        expect(book.reading()).toEqual({ users: 0, waiting: 0, givenUp: 0 });
      }),
    );
  });
});
