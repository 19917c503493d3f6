import { Analytics } from '@segment/analytics-node';
import { describe, expect, it } from 'vitest';
import { openLimitedDoor } from './testing/limited-door.ts';

describe('the unmodified @segment/analytics-node', () => {
  it('waits as Retry-After says, sends again, and loses nothing', async () => {
    const door = await openLimitedDoor({ web: { limits: { ratePerSecond: 1, burst: 1 } } });
    const analytics = new Analytics({ writeKey: 'web-key', host: door.server.url, maxRetries: 0, flushAt: 1 });
    const statuses: unknown[] = [];
    const failures: unknown[] = [];
    analytics.on('http_response', ({ status }: { status: number }) => {
      statuses.push(status);
      // What the SDK waits in real time passes here at once.
      if (status === 429) door.tick(1000);
    });
    analytics.on('error', (failure) => failures.push(failure));
    analytics.track({ userId: 'u-1', event: 'First' });
    await new Promise<void>((resolve) => void analytics.on('http_response', () => resolve()));
    analytics.track({ userId: 'u-1', event: 'Second' });
    await analytics.closeAndFlush();
    expect(failures).toEqual([]);
    expect(statuses).toEqual([200, 429, 200]);
    expect(door.counts('web')).toMatchObject({ accepted: 2, throttled: 1 });
  });
});
