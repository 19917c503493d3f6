import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryPair } from '../channels/memory.ts';
import { appError } from '../errors.ts';
import { protocolVersion } from '../frames.ts';
import { defineTopic } from '../operation.ts';
import { createPeer } from '../peer.ts';
import { createService, type Sink } from '../service.ts';
import { z } from '../zod.ts';

const common = { title: 'Numbers', permission: 'viewer', params: z.strictObject({ from: z.number().optional() }) } as const;
const topics = {
  'number.newest': defineTopic({ ...common, name: 'number.newest', delivery: 'latest', item: z.number() }),
  'number.each': defineTopic({ ...common, name: 'number.each', delivery: 'lossless', item: z.number() }),
  'text.each': defineTopic({ ...common, name: 'text.each', delivery: 'lossless', item: z.string() }),
};

interface Start {
  readonly sink: Sink;
  readonly afterSeq: number | null;
  isStopped: boolean;
}

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function settled(): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
}

/** Two peers; `starts` holds every feed that was started; `evts` counts the frames with items that crossed. */
function open(feed?: (sink: Sink) => void) {
  const [left, right] = createMemoryPair();
  const starts: Start[] = [];
  const bugs: unknown[] = [];
  const start = (_params: unknown, sink: Sink, afterSeq: number | null): (() => void) => {
    const entry: Start = { sink, afterSeq, isStopped: false };
    starts.push(entry);
    feed?.(sink);
    return () => {
      entry.isStopped = true;
    };
  };
  const feeds = { 'number.newest': start, 'number.each': start, 'text.each': start };
  const service = createService({ operations: {}, handlers: {}, topics, feeds });
  let evts = 0;
  const counted = {
    ...right,
    post(frame: string) {
      if (frame.startsWith('{"t":"evt"')) evts += 1;
      right.post(frame);
    },
  };
  const onBug = (bug: unknown): void => {
    bugs.push(bug);
  };
  const server = createPeer({ channel: counted, serve: { service, context: { audience: 'view', by: 'tester' } }, onBug });
  const client = createPeer({ channel: left, onBug });
  closers.push(() => client.close());
  return { client, server, starts, bugs, evts: () => evts };
}

/** A consumer that is done with a batch only when told. */
function slowConsumer<Item>() {
  const received: { readonly items: readonly Item[]; readonly seq: number; readonly dropped: number }[] = [];
  const ends: unknown[] = [];
  let release = (): void => {};
  return {
    received,
    ends,
    finishOne: async () => {
      release();
      await settled();
    },
    onItems: (items: readonly Item[], { seq, dropped }: { readonly seq: number; readonly dropped: number }) => {
      received.push({ items, seq, dropped });
      return new Promise<void>((resolve) => {
        release = resolve;
      });
    },
    onEnd: (error: unknown) => void ends.push(error),
  };
}

/** Consumes at once and remembers. */
function quickConsumer<Item>() {
  const items: Item[] = [];
  const seqs: number[] = [];
  const ends: unknown[] = [];
  return {
    items,
    seqs,
    ends,
    onItems: (batch: readonly Item[], { seq }: { readonly seq: number }) => {
      items.push(...batch);
      seqs.push(seq);
    },
    onEnd: (error: unknown) => void ends.push(error),
  };
}

describe('a subscription to a latest topic', () => {
  it('has at most two frames under way to a slow consumer, then gets the newest and the count of what it missed', async () => {
    const { client, starts, evts } = open();
    const consumer = slowConsumer<number>();
    client.subscribe(topics['number.newest'], {}, consumer);
    await settled();
    for (let number = 1; number <= 1000; number += 1) starts[0]?.sink.push([number]);
    await settled();
    expect(evts()).toBe(2);
    expect(consumer.received).toEqual([{ items: [1], seq: 1, dropped: 0 }]);
    await consumer.finishOne();
    await consumer.finishOne();
    expect(consumer.received.slice(1)).toEqual([
      { items: [2], seq: 2, dropped: 0 },
      { items: [1000], seq: 1000, dropped: 997 },
    ]);
    expect(evts()).toBe(3);
  });

  it('gets everything while it keeps up', async () => {
    const { client, starts } = open();
    const consumer = quickConsumer<number>();
    client.subscribe(topics['number.newest'], {}, consumer);
    await settled();
    for (let number = 1; number <= 100; number += 1) {
      starts[0]?.sink.pushJson(`[${number}]`);
      await settled();
    }
    expect(consumer.items).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
  });

  it('shows the last item before it ends', async () => {
    const { client, starts } = open();
    const consumer = slowConsumer<number>();
    client.subscribe(topics['number.newest'], {}, consumer);
    await settled();
    for (const number of [1, 2, 3, 4]) starts[0]?.sink.push([number]);
    starts[0]?.sink.end();
    await settled();
    for (let turn = 0; turn < 3; turn += 1) await consumer.finishOne();
    expect(consumer.received.map(({ items }) => items[0])).toEqual([1, 2, 4]);
    expect(consumer.ends).toEqual([null]);
  });
});

describe('a subscription to a lossless topic', () => {
  it('gets everything in order, with 64 frames under way at most', async () => {
    const { client, starts, evts } = open();
    const consumer = slowConsumer<number>();
    client.subscribe(topics['number.each'], {}, consumer);
    await settled();
    for (let number = 1; number <= 500; number += 1) starts[0]?.sink.push([number]);
    await settled();
    expect(evts()).toBe(64);
    for (let number = 1; number <= 500; number += 1) await consumer.finishOne();
    expect(consumer.received.flatMap(({ items }) => items)).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
  });

  it('has at most 1 MB under way', async () => {
    const { client, starts, evts } = open();
    client.subscribe(topics['text.each'], {}, slowConsumer<string>());
    await settled();
    for (let index = 0; index < 20; index += 1) starts[0]?.sink.push(['x'.repeat(200_000)]);
    await settled();
    expect(evts()).toBe(5);
  });

  it('ends as too slow beyond 10,000 queued frames, and resumes by seq without a gap', async () => {
    const { client, starts } = open();
    const slow = slowConsumer<number>();
    client.subscribe(topics['number.each'], {}, slow);
    await settled();
    for (let number = 1; number <= 10_065; number += 1) starts[0]?.sink.push([number], number * 10);
    await settled();
    expect(starts[0]?.isStopped).toBe(true);
    for (let turn = 0; turn < 65; turn += 1) await slow.finishOne();
    expect(slow.ends).toEqual([appError('PEER_TOO_SLOW')]);
    expect(slow.received).toHaveLength(64);

    const again = quickConsumer<number>();
    client.subscribe(topics['number.each'], {}, { ...again, afterSeq: slow.received.at(-1)?.seq });
    await settled();
    const from = (starts[1]?.afterSeq ?? 0) / 10;
    for (let number = from + 1; number <= 200; number += 1) starts[1]?.sink.push([number], number * 10);
    await settled();
    expect([...slow.received.flatMap(({ items }) => items), ...again.items]).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
  });

  it('ends as too slow beyond 16 MB queued', async () => {
    const { client, starts } = open();
    const slow = slowConsumer<string>();
    client.subscribe(topics['text.each'], {}, slow);
    await settled();
    for (let index = 0; index < 18; index += 1) starts[0]?.sink.push(['x'.repeat(1_000_000)]);
    expect(starts[0]?.isStopped).toBe(true);
  });

  it('gets a large first state in parts, which carry the new seq only when complete', async () => {
    const { client, starts } = open();
    const consumer = quickConsumer<string>();
    client.subscribe(topics['text.each'], {}, consumer);
    await settled();
    starts[0]?.sink.push(['before'], 7);
    const state = Array.from({ length: 100 }, (_, index) => `${index}:${'x'.repeat(20_000)}`);
    starts[0]?.sink.push(state, 8);
    await settled();
    expect(consumer.items).toEqual(['before', ...state]);
    expect(consumer.seqs.length).toBeGreaterThan(5);
    expect(new Set(consumer.seqs.slice(0, -1))).toEqual(new Set([7]));
    expect(consumer.seqs.at(-1)).toBe(8);
  });

  it('ends with FRAME_TOO_LARGE for one item larger than a frame', async () => {
    const { client, starts } = open();
    const consumer = quickConsumer<string>();
    client.subscribe(topics['text.each'], {}, consumer);
    await settled();
    starts[0]?.sink.push(['x'.repeat(5 * 1024 * 1024)]);
    await settled();
    expect(consumer.ends).toMatchObject([{ code: 'FRAME_TOO_LARGE' }]);
  });
});

describe('a subscription', () => {
  it('stops its feed when the subscriber leaves, and hears nothing after that', async () => {
    const { client, starts } = open();
    const consumer = quickConsumer<number>();
    const subscription = client.subscribe(topics['number.each'], {}, consumer);
    await settled();
    starts[0]?.sink.push([1]);
    await settled();
    starts[0]?.sink.push([2]);
    subscription.close();
    subscription.close();
    await settled();
    starts[0]?.sink.push([3]);
    starts[0]?.sink.end();
    await settled();
    expect(starts[0]?.isStopped).toBe(true);
    expect(consumer).toMatchObject({ items: [1], ends: [] });
  });

  it('that was left before the link was ready is never started', async () => {
    const { client, starts } = open();
    client.subscribe(topics['number.each'], {}, quickConsumer<number>()).close();
    await client.ready;
    await settled();
    expect(starts).toEqual([]);
  });

  it('ends with PEER_CLOSED, and its feed stops, when the link closes', async () => {
    const { client, server, starts } = open();
    const consumer = quickConsumer<number>();
    client.subscribe(topics['number.newest'], {}, consumer);
    await settled();
    server.close();
    await settled();
    expect(starts[0]?.isStopped).toBe(true);
    expect(consumer.ends).toEqual([appError('PEER_CLOSED', { reason: 'PEER_CLOSED' })]);
    const late = quickConsumer<number>();
    client.subscribe(topics['number.newest'], {}, late);
    await settled();
    expect(late.ends).toMatchObject([{ code: 'PEER_CLOSED' }]);
  });

  it('hears how a feed ended that ended before it returned', async () => {
    const { client, starts } = open((sink) => {
      sink.push([1]);
      sink.end(appError('DATA_CORRUPT'));
      sink.push([2]);
    });
    const consumer = quickConsumer<number>();
    client.subscribe(topics['number.each'], {}, consumer);
    await settled();
    expect(consumer).toMatchObject({ items: [1], ends: [{ code: 'DATA_CORRUPT' }] });
    expect(starts[0]?.isStopped).toBe(true);
  });

  it('ends with GATEWAY_INTERNAL when the feed throws, and the bug is reported', async () => {
    const bug = new Error('broken feed');
    const { client, bugs } = open(() => {
      throw bug;
    });
    const consumer = quickConsumer<number>();
    client.subscribe(topics['number.each'], {}, consumer);
    await settled();
    expect(consumer.ends).toMatchObject([{ code: 'GATEWAY_INTERNAL' }]);
    expect(bugs).toEqual([bug]);
  });

  it('ends when its consumer throws or rejects, and the bug is reported', async () => {
    for (const onItems of [
      () => {
        throw new Error('broken consumer');
      },
      () => Promise.reject(new Error('broken consumer')),
    ]) {
      const { client, starts, bugs } = open();
      const ends: unknown[] = [];
      client.subscribe(topics['number.each'], {}, { onItems, onEnd: (error) => ends.push(error) });
      await settled();
      starts[0]?.sink.push([1]);
      await settled();
      expect(bugs).toHaveLength(1);
      expect(ends).toMatchObject([{ code: 'PEER_CANCELLED' }]);
      expect(starts[0]?.isStopped).toBe(true);
    }
  });

  it.each([
    ['an unknown topic', { ...topics['number.each'], name: 'constructor' }, {}, 'TOPIC_UNKNOWN'],
    ['wrong parameters', topics['number.each'], { from: 'here' }, 'INPUT_INVALID'],
  ])('to %s ends with a code that says so', async (_, topic, params, code) => {
    const { client } = open();
    const consumer = quickConsumer<unknown>();
    client.subscribe(topic, params as never, consumer);
    await settled();
    expect(consumer.ends).toMatchObject([{ code }]);
  });

  it('is refused with PEER_BUSY beyond 256', async () => {
    const { client, starts } = open();
    const consumers = Array.from({ length: 257 }, () => quickConsumer<number>());
    for (const consumer of consumers) client.subscribe(topics['number.each'], {}, consumer);
    await client.ready;
    for (let turn = 0; turn < 10; turn += 1) await settled();
    expect(starts).toHaveLength(256);
    expect(consumers[256]?.ends).toMatchObject([{ code: 'PEER_BUSY' }]);
  });

  it('ends when the sender ignores its credit or sends what does not fit the topic', async () => {
    for (const frames of [['[1]', '[2]', '[3]', '[4]'], ['["not a number"]']]) {
      const [left, right] = createMemoryPair();
      const client = createPeer({ channel: left });
      closers.push(() => client.close());
      const heard: string[] = [];
      right.onFrame((frame) => heard.push(frame));
      right.post(JSON.stringify({ t: 'hello', version: protocolVersion, capabilities: [] }));
      const consumer = slowConsumer<number>();
      client.subscribe(topics['number.newest'], {}, consumer);
      for (const items of frames) right.post(`{"t":"evt","id":1,"seq":1,"items":${items},"dropped":0}`);
      await settled();
      expect(consumer.ends).toMatchObject([{ code: 'FRAME_INVALID' }]);
      expect(heard.at(-1)).toBe('{"t":"unsub","id":1}');
    }
  });
});
