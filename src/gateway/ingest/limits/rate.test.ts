import { describe, expect, it } from 'vitest';
import { track } from '../testing/front-door.ts';
import { openLimitedDoor } from './testing/limited-door.ts';

const batchOf = (count: number, prefix = 'm') => ({
  batch: Array.from({ length: count }, (_, i) => track({ messageId: `${prefix}${i}` })),
});

describe('a source with a rate', () => {
  it('takes its burst, then answers 429 and says when to come again', async () => {
    const door = await openLimitedDoor({ web: { limits: { ratePerSecond: 2, burst: 3 } } });
    for (const id of ['a', 'b', 'c']) expect((await door.send('/v1/track', track({ messageId: id }))).status).toBe(200);
    expect(await door.send('/v1/track', track({ messageId: 'd' }))).toMatchObject({
      status: 429,
      headers: {
        'retry-after': '1',
        'ratelimit-policy': '"source-rate";q=3;w=2',
        ratelimit: '"source-rate";r=0;t=1',
        'access-control-expose-headers': 'retry-after, ratelimit, ratelimit-policy',
      },
      json: { success: false, error: { code: 'INGEST_RATE_LIMITED', details: { retryAfterSeconds: 1 } } },
    });
    expect(door.counts('web')).toMatchObject({ received: 4, accepted: 3, throttled: 1, malformed: 0, refused: 0 });
    door.tick(1000);
    expect((await door.send('/v1/track', track({ messageId: 'd' }))).status).toBe(200);
  });

  it('counts the events of a batch, takes one larger than its burst, and waits for what was too much', async () => {
    const door = await openLimitedDoor({ web: { limits: { ratePerSecond: 10, burst: 20 } } });
    expect((await door.send('/v1/batch', batchOf(70))).status).toBe(200);
    expect(await door.send('/v1/batch', batchOf(5, 'later'))).toMatchObject({ status: 429, headers: { 'retry-after': '6' } });
    door.tick(5000);
    expect((await door.send('/v1/track', track({ messageId: 'x' }))).status).toBe(429);
    door.tick(1000);
    expect((await door.send('/v1/track', track({ messageId: 'x' }))).status).toBe(200);
  });

  it('is told as held back while it is, and not any more once it is calm', async () => {
    const door = await openLimitedDoor({ web: { limits: { ratePerSecond: 1, burst: 1 } } });
    await door.send('/v1/track', track());
    await door.send('/v1/track', track({ messageId: 'b' }));
    expect(door.book.throttle('web')).toMatchObject({ reason: 'rate', why: 'it sends faster than its limit' });
    door.tick(11_000);
    expect(door.book.throttle('web')).toBeNull();
    expect(door.told).toEqual([['source.throttled', 'web', 'it sends faster than its limit']]);
  });

  it('does not read a body that it turns away', async () => {
    const door = await openLimitedDoor({ web: { limits: { ratePerSecond: 1, burst: 1 } } });
    await door.send('/v1/track', track());
    expect((await door.send('/v1/track', '{ no JSON')).status).toBe(429);
    expect((await door.send('/v1/batch', 'no JSON either')).status).toBe(429);
    expect(door.counts('web')).toMatchObject({ accepted: 1, throttled: 2, malformed: 0, bytes: JSON.stringify(track()).length });
  });

  it('is limited also where the key comes in the body only', async () => {
    const door = await openLimitedDoor({ web: { limits: { ratePerSecond: 1, burst: 1 } } });
    const send = (id: string) => door.send('/v1/batch', { ...batchOf(2, id), writeKey: 'web-key' }, { key: null });
    expect((await send('a')).status).toBe(200);
    expect((await send('b')).status).toBe(429);
    expect(door.counts('web')).toMatchObject({ accepted: 2, throttled: 2 });
  });

  it('leaves other sources alone', async () => {
    const door = await openLimitedDoor({ web: { limits: { ratePerSecond: 1, burst: 1 } }, app: {} });
    await door.send('/v1/track', track());
    expect((await door.send('/v1/track', track())).status).toBe(429);
    for (let i = 0; i < 20; i++) expect((await door.send('/v1/track', track({ messageId: `${i}` }), { key: 'app-key' })).status).toBe(200);
    expect(door.counts('app')).toMatchObject({ accepted: 20, throttled: 0 });
  });
});

describe('several write keys of a source', () => {
  const web = {
    moreKeys: [
      { label: 'old', key: 'old-key', limits: { ratePerSecond: 1, burst: 1 } },
      { label: 'new', key: 'new-key' },
    ],
    limits: { ratePerSecond: 100, burst: 4 },
  };

  it('are all valid, each with its own limits, and share those of the source', async () => {
    const door = await openLimitedDoor({ web });
    const send = async (key: string, id: string) => (await door.send('/v1/track', track({ messageId: id }), { key })).status;
    expect([await send('old-key', 'a'), await send('old-key', 'b')]).toEqual([200, 429]);
    expect([await send('new-key', 'c'), await send('web-key', 'd'), await send('new-key', 'e'), await send('new-key', 'f')]).toEqual([
      200, 200, 200, 429,
    ]);
    expect(door.counts('web')).toMatchObject({ accepted: 4, throttled: 2 });
    expect(door.book.accounts.keysOf('web').map(({ label, events, throttled }) => [label, events, throttled])).toEqual([
      ['main', 1, 0],
      ['old', 2, 1],
      ['new', 3, 1],
    ]);
  });

  it('tell when each was last used, so that an old one can be removed', async () => {
    const door = await openLimitedDoor({ web });
    await door.send('/v1/track', track(), { key: 'new-key' });
    expect(door.book.accounts.keysOf('web').map(({ label, lastUsedAt }) => [label, lastUsedAt > 0])).toEqual([
      ['main', false],
      ['old', false],
      ['new', true],
    ]);
  });
});

describe('a plan', () => {
  it('gives its limits to each source that carries its label, each for itself, and a source may have its own', async () => {
    const small = { limits: { ratePerSecond: 1, burst: 2 }, keyLimits: { dailyQuota: 50 } };
    const door = await openLimitedDoor(
      { one: { plan: 'small' }, two: { plan: 'small' }, three: { plan: 'small', limits: { burst: 1 } }, four: { plan: 'unknown' } },
      { plans: { small } },
    );
    const taken = async (key: string) => {
      let count = 0;
      while (count < 5 && (await door.send('/v1/track', track({ messageId: `${count}` }), { key })).status === 200) count++;
      return count;
    };
    expect(await taken('one-key')).toBe(2);
    expect(await taken('two-key')).toBe(2);
    expect(await taken('three-key')).toBe(1);
    expect(await taken('four-key')).toBe(5);
    expect(door.book.accounts.account('one', 'main')?.standing.limits).toEqual({ dailyQuota: 50 });
  });
});
