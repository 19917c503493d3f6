import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NOW, track } from '../testing/front-door.ts';
import { openLimitedDoor } from './testing/limited-door.ts';

const midnight = Date.parse('2026-11-21T00:00:00.000Z');
const web = { limits: { dailyQuota: 3 } };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-quota-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a daily quota', () => {
  it('is over until midnight UTC, and says so', async () => {
    const door = await openLimitedDoor({ web });
    for (const id of ['a', 'b', 'c']) expect((await door.send('/v1/track', track({ messageId: id }))).status).toBe(200);
    expect(await door.send('/v1/track', track({ messageId: 'd' }))).toMatchObject({
      status: 429,
      headers: { 'retry-after': String((midnight - NOW) / 1000), 'ratelimit-policy': '"source-quota";q=3;w=86400' },
      json: { error: { code: 'INGEST_QUOTA_EXHAUSTED' } },
    });
    expect(door.book.accounts.sources.get('web')?.standing.reading(0, NOW).quota).toEqual({ used: 3, remaining: 0, resetsAt: midnight });
    door.tick(midnight - NOW);
    expect((await door.send('/v1/track', track({ messageId: 'd' }))).status).toBe(200);
    expect(door.told).toHaveLength(1);
  });

  it('is used up by what is stored only: not by duplicates, nor by what is no event', async () => {
    const door = await openLimitedDoor({ web });
    for (let i = 0; i < 6; i++) expect((await door.send('/v1/track', track())).status).toBe(200);
    await door.send('/v1/batch', { batch: [{}, track({ messageId: 'b' }), {}, {}] });
    expect((await door.send('/v1/track', track({ messageId: 'c' }))).status).toBe(200);
    expect((await door.send('/v1/track', track({ messageId: 'd' }))).status).toBe(429);
  });

  it('survives a restart', async () => {
    const file = join(folder, 'usage.json');
    const first = await openLimitedDoor({ web }, {}, file);
    await first.send('/v1/track', track());
    await first.send('/v1/track', track({ messageId: 'b' }));
    await first.book.close();
    const second = await openLimitedDoor({ web }, {}, file);
    expect((await second.send('/v1/track', track({ messageId: 'c' }))).status).toBe(200);
    expect((await second.send('/v1/track', track({ messageId: 'd' }))).status).toBe(429);
    await second.book.close();
  });

  it('counts from nothing where the file is gone or damaged, and on the next day', async () => {
    const file = join(folder, 'usage.json');
    const first = await openLimitedDoor({ web }, {}, file);
    for (const id of ['a', 'b', 'c']) await first.send('/v1/track', track({ messageId: id }));
    first.tick(midnight - NOW);
    await first.book.close();
    const second = await openLimitedDoor({ web }, {}, file);
    second.tick(midnight - NOW);
    expect((await second.send('/v1/track', track({ messageId: 'd' }))).status).toBe(200);
    await second.book.close();
  });
});
