import { Analytics } from '@segment/analytics-node';
import { describe, expect, it } from 'vitest';
import { openFrontDoor } from './testing/front-door.ts';

describe('the unmodified @segment/analytics-node, with only its host set', () => {
  it('delivers every kind of call, and is told when a source is unknown', async () => {
    const door = await openFrontDoor();
    const analytics = new Analytics({ writeKey: 'web-key', host: door.server.url, maxRetries: 0 });
    const failures: unknown[] = [];
    analytics.on('error', (failure) => failures.push(failure));
    analytics.identify({ userId: 'u-1', traits: { plan: 'pro' } });
    analytics.track({ userId: 'u-1', event: 'Order Completed', properties: { total: 12 }, timestamp: new Date(Date.now() - 1000) });
    analytics.page({ anonymousId: 'a-1', name: 'Home' });
    analytics.screen({ anonymousId: 'a-1', name: 'Cart' });
    analytics.group({ userId: 'u-1', groupId: 'g-1' });
    analytics.alias({ userId: 'u-1', previousId: 'a-1' });
    await analytics.closeAndFlush();
    expect(failures).toEqual([]);
    const events = door.appended.flatMap((request) => request.events.map(({ event }) => event));
    expect(events.map(({ type, name }) => `${type} ${name}`)).toEqual([
      'identify identify',
      'track Order Completed',
      'page Home',
      'screen Cart',
      'group group',
      'alias alias',
    ]);
    expect(door.counts('web')).toMatchObject({ received: 6, accepted: 6 });
    for (const { body } of door.appended) expect(Buffer.from(body).toString()).not.toContain('web-key');

    const stranger = new Analytics({ writeKey: 'nobody', host: door.server.url, maxRetries: 0 });
    stranger.on('error', (failure) => failures.push(failure));
    stranger.track({ userId: 'u', event: 'e' });
    await stranger.closeAndFlush();
    expect(failures).toMatchObject([{ code: 'delivery_failure' }]);
  });
});
