import { describe, expect, it } from 'vitest';
import { createMemoryPair } from '#contract/channels/memory.ts';
import { topics } from '#contract/operations/topics.ts';
import { createPeer, type Peer } from '#contract/peer.ts';
import { createService, type Sink } from '#contract/service.ts';
import type { DestinationTick, Health, Tick } from '#contract/telemetry/tick.ts';
import { type Alarm, createWatch } from './watch.ts';

const latency = { n: 0, p50: null, p95: null, p99: null };
const destination = (id: string, health: Health): DestinationTick => ({
  ...{
    id,
    health,
    state: 'flowing',
    since: 0,
    why: `${id} is ${health}`,
    desired: 'flow',
    delivered: 0,
    confirmed: 0,
    dropped: 0,
    errors: {},
    latency,
  },
  ...{ inFlight: 0, waiting: 0, held: 0, retrying: 0, dead: 0, oldestAt: null, bytesOut: 0, budgetUsed: 0, breaker: 'closed' },
});
const resources = {
  cpu: 0,
  loopLagP99Ms: 0,
  rssBytes: 0,
  heapBytes: 0,
  diskFreeBytes: null,
  logBytes: 0,
  commit: latency,
  settle: latency,
  sockets: 0,
};
const tick = (destinations: readonly DestinationTick[], received = 0): Tick => ({
  ...{ at: 0, windowMs: 1000, node: 'n', head: 0, resources, flows: [], destinations: [...destinations] },
  sources: [{ id: 'web', received, accepted: received, duplicate: 0, malformed: 0, quarantined: 0, throttled: 0, refused: 0, bytes: 0 }],
});

/** A gateway that only ticks, by hand. */
function createTicker(): { readonly peer: Peer; readonly tell: (next: Tick) => Promise<void>; readonly end: () => void } {
  const { promise: subscribed, resolve } = Promise.withResolvers<Sink>();
  const feeds = {
    'telemetry.tick': (_params: unknown, sink: Sink) => {
      resolve(sink);
      return () => {};
    },
  };
  const service = createService({ operations: {}, handlers: {}, topics: { 'telemetry.tick': topics['telemetry.tick'] }, feeds });
  const [here, there] = createMemoryPair();
  const gateway = createPeer({ channel: there, serve: { service, context: { audience: 'desk', by: 'test' } } });
  const peer = createPeer({ channel: here });
  return {
    peer,
    async tell(next) {
      (await subscribed).push([next]);
      await peer.ping();
    },
    end: () => gateway.close(),
  };
}

function setUp(now: () => number = () => 0) {
  const alarms: Alarm[] = [];
  const ticker = createTicker();
  const watch = createWatch({ onChange: () => {}, onFailing: (alarm) => void alarms.push(alarm), now });
  watch.follow('embedded', ticker.peer);
  return { alarms, ticker, watch };
}

describe('what the desk watches', () => {
  it('is the worst state of all destinations, and whose it is', async () => {
    const { ticker, watch } = setUp();
    expect(watch.worst().health).toBe('none');
    await ticker.tell(tick([destination('a', 'healthy'), destination('b', 'degraded'), destination('c', 'held')]));
    expect(watch.worst()).toEqual({ health: 'degraded', environment: 'embedded', destination: 'b', why: 'b is degraded' });
    await ticker.tell(tick([destination('a', 'healthy')]));
    expect(watch.worst().health).toBe('healthy');
  });

  it('raises an alarm once, when a destination begins to fail, not for one that failed before we looked', async () => {
    const { alarms, ticker } = setUp();
    await ticker.tell(tick([destination('a', 'failing'), destination('b', 'healthy')]));
    await ticker.tell(tick([destination('a', 'failing'), destination('b', 'failing')]));
    await ticker.tell(tick([destination('a', 'failing'), destination('b', 'failing')]));
    expect(alarms).toEqual([{ environment: 'embedded', destination: 'b', why: 'b is failing' }]);
  });

  it('knows nothing any more once the link is gone', async () => {
    const { ticker, watch } = setUp();
    await ticker.tell(tick([destination('a', 'failing')]));
    ticker.end();
    await ticker.peer.closed;
    expect(watch.worst().health).toBe('none');
  });

  it('counts sources as live for a minute after an event', async () => {
    let nowMs = 0;
    const { ticker, watch } = setUp(() => nowMs);
    await ticker.tell(tick([], 0));
    expect(watch.hasLiveSources()).toBe(false);
    await ticker.tell(tick([], 3));
    expect(watch.hasLiveSources()).toBe(true);
    nowMs = 60_000;
    expect(watch.hasLiveSources()).toBe(false);
  });
});
