import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { destinationSchema } from '#contract/documents/destination.ts';
import { createRegistry } from '#gateway/connectors/registry.ts';
import { createMemoryLog } from '#gateway/log/memory-log.ts';
import { sampleEvent } from '#tests/support/simulator/sample-event.ts';
import { deadlineOf } from './deadline.ts';
import { createFlowTime, type FlowTime } from './flow-time.ts';
import { eventually, openTestDesk, type TestDesk } from './testing/desk.ts';
import { answerWith, startVendor, type Vendor } from './testing/vendor.ts';

const dayMs = 86_400_000;
const now = Date.now();

describe('the deadline of an event', () => {
  const registry = createRegistry();
  const deadline = (connectorId: string, settings: object, delivery: object = {}) => {
    const connector = registry.get(connectorId);
    if (!connector) throw new Error(connectorId);
    const destination = destinationSchema.parse({ name: 'x', connector: connectorId, delivery });
    return deadlineOf({ destination, connector, settings: connector.settings.parse(settings) });
  };
  const meta = { datasetId: '1234567890' };
  const aged = (ageMs: number, properties = {}) => {
    const event = sampleEvent({ timestamp: now - ageMs, receivedAt: now, properties });
    return { receivedAt: event.receivedAt, event };
  };

  it('is not asked where neither destination nor vendor has one', () => {
    expect(deadline('webhook', {})).toBeNull();
  });

  it('is 72 hours at GA4 and 7 days at Meta, from when the event happened', () => {
    const ga4 = deadline('ga4', { measurementId: 'G-ABC1234567' });
    expect(ga4?.(aged(2.99 * dayMs), now)).toBe(false);
    expect(ga4?.(aged(3.01 * dayMs), now)).toBe(true);
    expect(deadline('meta', meta)?.(aged(6.99 * dayMs), now)).toBe(false);
    expect(deadline('meta', meta)?.(aged(7.01 * dayMs), now)).toBe(true);
  });

  it('is 62 days at Meta for what happened in a shop', () => {
    expect(deadline('meta', meta)?.(aged(30 * dayMs, { action_source: 'physical_store' }), now)).toBe(false);
    expect(deadline('meta', meta)?.(aged(63 * dayMs, { action_source: 'physical_store' }), now)).toBe(true);
  });

  it('is what the destination says, from when the event was received', () => {
    const own = deadline('webhook', {}, { maxAgeMs: 60_000 });
    expect(own?.({ ...aged(dayMs), receivedAt: now - 59_000 }, now)).toBe(false);
    expect(own?.({ ...aged(dayMs), receivedAt: now - 61_000 }, now)).toBe(true);
  });
});

describe('the time that a lane has flowed', () => {
  const run = (flowTime: FlowTime, seconds: number, isFlowing: boolean, from: { now: number; monotonic: number }) => {
    for (let second = 0; second < seconds; second++) {
      from.now += 1000;
      from.monotonic += 1000;
      flowTime.tick(isFlowing, from.now, from.monotonic);
    }
  };

  it('counts a minute of flow before anything may expire, over parks', () => {
    const flowTime = createFlowTime();
    const clock = { now, monotonic: 0 };
    run(flowTime, 41, true, clock);
    run(flowTime, 100, false, clock);
    expect(flowTime.untilExpiryMs).toBe(20_000);
    run(flowTime, 20, true, clock);
    expect(flowTime.untilExpiryMs).toBe(0);
  });

  it.each([3_600_000, -3_600_000])('begins anew when the clock jumps by %d ms', (jump) => {
    const flowTime = createFlowTime();
    const clock = { now, monotonic: 0 };
    run(flowTime, 100, true, clock);
    expect(flowTime.untilExpiryMs).toBe(0);
    clock.now += jump;
    run(flowTime, 1, true, clock);
    expect(flowTime).toMatchObject({ untilExpiryMs: 60_000, steadyMs: 0 });
    run(flowTime, 60, true, clock);
    expect(flowTime.untilExpiryMs).toBe(0);
  });
});

describe('a lane with a deadline', () => {
  let vendor: Vendor;
  let desk: TestDesk;

  beforeEach(async () => {
    vendor = await startVendor();
  });
  afterEach(async () => {
    await desk.close();
    await vendor.close();
    expect(desk.bugs).toEqual([]);
  });

  /** A lane whose clock a test moves, and that has flowed as long as the test says. */
  async function open(delivery: object, flow: { untilExpiryMs: number }) {
    const clock = { ahead: 0 };
    const log = createMemoryLog();
    desk = await openTestDesk(vendor.url, delivery, log, null, {
      now: () => log.preciseNow() + clock.ahead,
      flowTime: () => ({
        tick() {},
        steadyMs: 0,
        ...flow,
        get untilExpiryMs() {
          return flow.untilExpiryMs;
        },
      }),
    });
    return clock;
  }

  it('expires what is too old when it is read, and never sends it', async () => {
    const clock = await open({ maxAgeMs: 60_000 }, { untilExpiryMs: 0 });
    await desk.send('old', 'older');
    clock.ahead = 61_000;
    desk.switches();
    const ledger = await desk.until((each) => each.terminal.expired === 2);
    expect(ledger.violations).toEqual([]);
    expect(vendor.received).toEqual([]);
  });

  it('expires what grew too old before it was tried again', async () => {
    const clock = await open({ maxAgeMs: 60_000 }, { untilExpiryMs: 0 });
    vendor.answer = answerWith(500);
    desk.switches();
    await desk.send('a');
    await desk.until((each) => each.retrying === 1);
    clock.ahead = 61_000;
    const ledger = await desk.until((each) => each.terminal.expired === 1);
    expect(ledger).toMatchObject({ retrying: 0, dead: 0, violations: [] });
    expect(vendor.received).toEqual(['a']);
  });

  it('expires what grew too old while it waited in memory for its turn', async () => {
    const clock = await open({ maxAgeMs: 60_000, concurrency: 1 }, { untilExpiryMs: 0 });
    let answer = () => {};
    vendor.answer = (_, response) => {
      answer = () => void response.writeHead(200).end();
    };
    desk.switches();
    await desk.send('first', 'second');
    await eventually(() => vendor.received.length === 1);
    clock.ahead = 61_000;
    answer();
    const ledger = await desk.until((each) => each.terminal.expired === 1);
    expect(ledger.terminal.confirmed).toBe(1);
    expect(vendor.received).toEqual(['first']);
  });

  it('sends nothing too old, but lets nothing expire either, before it has flowed for a minute', async () => {
    const flow = { untilExpiryMs: 30_000 };
    const clock = await open({ maxAgeMs: 60_000 }, flow);
    await desk.send('old');
    clock.ahead = 61_000;
    desk.switches();
    const put = await desk.until((each) => each.retrying === 1);
    expect(put).toMatchObject({ waiting: 0, dead: 0, violations: [] });
    expect(put.terminal.expired).toBe(0);
    flow.untilExpiryMs = 0;
    clock.ahead += 30_000;
    const ledger = await desk.until((each) => each.terminal.expired === 1);
    expect(ledger.violations).toEqual([]);
    expect(vendor.received).toEqual([]);
  });
});
