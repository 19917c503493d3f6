import { describe, expect, it } from 'vitest';
import { NOW, track } from '../testing/front-door.ts';
import { lateCountsOf } from './lateness.ts';
import { openLimitedDoor } from './testing/limited-door.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const at = (agoMs: number) => new Date(NOW - agoMs).toISOString();
const event = (id: string, agoMs: number) => track({ messageId: id, timestamp: at(agoMs) });

describe('a phone that was offline for days', () => {
  it('is taken with all it kept, which counts as late by arrival and in its own hours by event time', async () => {
    const door = await openLimitedDoor({ phone: {} });
    const kept = [
      event('a', 3 * dayMs),
      event('b', 3 * dayMs),
      event('c', 5 * hourMs),
      event('d', 10 * 60_000),
      event('e', 0),
      event('f', 30 * dayMs),
    ];
    const send = () => door.send('/v1/batch', { batch: kept, sentAt: at(0) }, { key: 'phone-key' });
    expect((await send()).status).toBe(200);
    expect(door.counts('phone')).toMatchObject({ accepted: 6, underHour: 1, underDay: 1, underWeek: 2, older: 1, future: 0 });
    expect(door.book.accounts.sources.get('phone')?.hours.reading()).toEqual({
      byEventTime: [
        { hour: NOW - 3 * dayMs, events: 2 },
        { hour: NOW - 5 * hourMs, events: 1 },
        { hour: NOW - hourMs, events: 1 },
        { hour: NOW, events: 1 },
      ],
      earlier: 1,
    });
    // The link broke before the answer came: it sends all again, and one more.
    kept.push(event('g', 2 * dayMs), event('a', 3 * dayMs));
    expect((await send()).status).toBe(200);
    expect(door.counts('phone')).toMatchObject({ accepted: 7, duplicate: 7, underHour: 1, underDay: 1, underWeek: 3, older: 1 });
  });

  it('is not late for a clock that is wrong: what counts is how long it kept the event', async () => {
    const door = await openLimitedDoor({ phone: {} });
    const wrong = { batch: [event('a', 900 * dayMs)], sentAt: at(900 * dayMs - 5000) };
    await door.send('/v1/batch', wrong, { key: 'phone-key' });
    expect(door.counts('phone')).toMatchObject({ accepted: 1, older: 0, underHour: 0 });
  });

  it('may be ahead of us', () => {
    expect(lateCountsOf([{ event: { timestamp: NOW + 120_000, receivedAt: NOW } }])).toEqual({ future: 1 });
    expect(lateCountsOf([{ event: { timestamp: NOW + 30_000, receivedAt: NOW } }])).toBeNull();
  });
});
