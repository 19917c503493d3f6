import { describe, expect, it } from 'vitest';
import { track } from '../testing/front-door.ts';
import { networkOf } from './bad-senders.ts';
import { type LimitedDoor, openLimitedDoor } from './testing/limited-door.ts';

const abuse = { badRequestsPerMinute: 10, turnAwayMs: 60_000 };

async function sendBad(door: LimitedDoor, count: number, key: string | null = 'web-key'): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < count; i++) statuses.push((await door.send('/v1/track', '{ no JSON', { key })).status);
  return statuses;
}

describe('an address that sends what cannot be read', () => {
  it('is turned away with that key for a while, unread, and the audit is told its network', async () => {
    const door = await openLimitedDoor({ web: {}, app: {} }, { abuse });
    expect(await sendBad(door, 11)).toEqual(Array(11).fill(400));
    expect(await door.send('/v1/track', track())).toMatchObject({
      status: 429,
      headers: { 'retry-after': '60' },
      json: { error: { code: 'INGEST_SENDER_TURNED_AWAY' } },
    });
    expect(door.counts('web')).toMatchObject({ malformed: 11, throttled: 1, accepted: 0 });
    expect(door.book.throttle('web')).toMatchObject({ reason: 'badRequests' });
    expect((await door.send('/v1/track', track(), { key: 'app-key' })).status).toBe(200);
    door.tick(1000);
    expect(door.told).toEqual([['source.throttled', 'web', '127.0.0.0/24 is turned away for 60 s: its requests cannot be read']]);
    expect(door.book.senders()).toMatchObject([{ address: '127.0.0.1', source: 'web' }]);
    door.tick(60_000);
    expect((await door.send('/v1/track', track())).status).toBe(200);
    expect(door.book.senders()).toEqual([]);
  });

  it('is let go on where most of what comes with the key is good: one broken event costs no other', async () => {
    const door = await openLimitedDoor({ web: {} }, { abuse });
    for (let i = 0; i < 40; i++) {
      expect((await door.send('/v1/track', track({ messageId: `a${i}` }))).status).toBe(200);
      expect((await door.send('/v1/track', track({ messageId: `b${i}` }))).status).toBe(200);
      expect(await sendBad(door, 1)).toEqual([400]);
    }
  });

  it('is turned away without a key too, which costs nobody who has one', async () => {
    const door = await openLimitedDoor({ web: {} }, { abuse });
    expect(await sendBad(door, 6, 'guessed')).toEqual(Array(6).fill(401));
    expect(await sendBad(door, 7, null)).toEqual([...Array(5).fill(400), 429, 429]);
    expect((await door.send('/v1/track', track())).status).toBe(200);
    door.tick(1000);
    expect(door.told).toEqual([['source.throttled', '', expect.stringContaining('127.0.0.0/24')]]);
  });

  it('is forgotten with each minute, and never turned away where that is off', async () => {
    const slow = await openLimitedDoor({ web: {} }, { abuse });
    for (let minute = 0; minute < 3; minute++) {
      expect(await sendBad(slow, 10)).toEqual(Array(10).fill(400));
      slow.tick(61_000);
    }
    const off = await openLimitedDoor({ web: {} }, { abuse: { ...abuse, badRequests: 'off' } });
    expect(await sendBad(off, 30)).toEqual(Array(30).fill(400));
  });

  it('is told by its network only', () => {
    expect(networkOf('::ffff:203.0.113.77')).toBe('203.0.113.0/24');
    expect(networkOf('2001:db8:1:2::77')).toBe('2001:db8:1::/48');
    expect(networkOf('::1')).toBe('::/48');
    expect(networkOf('')).toBe('an unknown address');
  });
});

describe('a source that sends many times more than usual', () => {
  const surge = (how: string) => ({ abuse: { surge: how, surgeFloorPerSecond: 2, surgeFactor: 10 } });
  const batch = (name: string, count: number) => ({ batch: Array.from({ length: count }, (_, i) => track({ messageId: `${name}${i}` })) });

  async function usually(door: LimitedDoor): Promise<void> {
    for (let minute = 0; minute < 61; minute++) {
      await door.send('/v1/batch', batch(`u${minute}-`, 60));
      door.tick(60_000);
    }
  }

  it('is said, and not held back unless that is wanted', async () => {
    const door = await openLimitedDoor({ web: {} }, surge('alert'));
    await usually(door);
    expect(door.book.accounts.sources.get('web')?.usual.usual).toBeCloseTo(1, 1);
    await door.send('/v1/batch', batch('s', 500));
    door.tick(1000);
    expect(door.told).toEqual([['source.surged', 'web', 'sends 50 events a second, usually 1']]);
    expect((await door.send('/v1/batch', batch('t', 500))).status).toBe(200);
  });

  it('is held at what would be a surge where that is wanted, until it is calm for a minute', async () => {
    const door = await openLimitedDoor({ web: {} }, surge('throttle'));
    await usually(door);
    await door.send('/v1/batch', batch('s', 500));
    door.tick(1000);
    expect(door.told).toEqual([['source.throttled', 'web', 'sends 50 events a second, usually 1; held at 10']]);
    expect((await door.send('/v1/batch', batch('t', 500))).status).toBe(200);
    expect(await door.send('/v1/track', track({ messageId: 'x' }))).toMatchObject({
      status: 429,
      headers: { 'ratelimit-policy': '"source-surge";q=20;w=2' },
    });
    expect(door.book.throttle('web')).toMatchObject({ reason: 'surge' });
    door.tick(90_000);
    expect((await door.send('/v1/batch', batch('y', 500))).status).toBe(200);
    expect(door.book.accounts.sources.get('web')?.surge).toBeNull();
  });

  it('is not known before it was watched for an hour', async () => {
    const door = await openLimitedDoor({ web: {} }, surge('throttle'));
    await door.send('/v1/batch', batch('s', 500));
    door.tick(1000);
    expect(door.told).toEqual([]);
    expect(door.book.accounts.sources.get('web')?.usual.usual).toBeNull();
  });
});
