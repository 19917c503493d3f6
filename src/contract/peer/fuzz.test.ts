import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createMemoryPair } from '../channels/memory.ts';
import { errorCodes } from '../errors.ts';
import { frameSchema, protocolVersion } from '../frames.ts';
import { defineOperation, defineTopic } from '../operation.ts';
import { createPeer } from '../peer.ts';
import { ok } from '../result.ts';
import { createService, type Sink } from '../service.ts';
import { z } from '../zod.ts';

const shape = { title: 'Fuzzed', permission: 'viewer' } as const;
const operations = {
  'fuzz.query': defineOperation({ ...shape, name: 'fuzz.query', kind: 'query', input: z.unknown(), output: z.unknown() }),
  'fuzz.command': defineOperation({
    ...shape,
    name: 'fuzz.command',
    kind: 'command',
    input: z.record(z.string(), z.unknown()),
    output: z.unknown(),
  }),
  'fuzz.never': defineOperation({ ...shape, name: 'fuzz.never', kind: 'query', input: z.unknown(), output: z.unknown() }),
};
const topics = {
  'fuzz.newest': defineTopic({ ...shape, name: 'fuzz.newest', delivery: 'latest', params: z.unknown(), item: z.unknown() }),
  'fuzz.each': defineTopic({ ...shape, name: 'fuzz.each', delivery: 'lossless', params: z.unknown(), item: z.unknown() }),
};

const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...Object.keys(operations), ...Object.keys(topics)) },
  fc.constantFrom('__proto__', 'constructor', 'valueOf', ''),
  fc.string({ maxLength: 80 }),
);
const id = fc.oneof({ weight: 6, arbitrary: fc.nat(8) }, fc.double(), fc.integer(), fc.constantFrom(2 ** 53, -1, null, '1'));
const error = fc.record({
  code: fc.oneof(fc.constantFrom(...errorCodes), fc.string()),
  message: fc.string(),
  retryable: fc.boolean(),
  suggestedAction: fc.string(),
});
const payload = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>({}, JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}')),
);
const commandId = fc.option(fc.string({ maxLength: 70 }), { nil: undefined });
const deadlineMs = fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 1, max: 600_000 }) }, fc.integer());

/** Frames that are right, or nearly. */
const likely = fc.oneof(
  fc.record({ t: fc.constant('req'), id, name, input: payload, deadlineMs, commandId }),
  fc.record({ t: fc.constant('sub'), id, name, params: payload, afterSeq: fc.option(id, { nil: undefined }) }),
  fc.record({ t: fc.constantFrom('cancel', 'unsub', 'ping', 'pong'), id }),
  fc.record({ t: fc.constant('ack'), id, seq: id }),
  fc.record({ t: fc.constant('res'), id, ok: payload, error: fc.option(error, { nil: undefined }) }),
  fc.record({ t: fc.constant('evt'), id, seq: id, items: fc.array(payload, { maxLength: 3 }), dropped: id }),
  fc.record({ t: fc.constant('end'), id, error: fc.option(error, { nil: undefined }) }),
  fc.record({ t: fc.constant('hello'), version: fc.integer({ min: 0, max: 3 }), capabilities: fc.array(fc.string()) }),
);

/** A likely frame with a few characters cut, doubled or replaced. */
const mutated = fc.tuple(likely, fc.nat(), fc.nat(12), fc.string({ maxLength: 6 })).map(([frame, at, length, insert]) => {
  const text = JSON.stringify(frame);
  const from = at % text.length;
  return text.slice(0, from) + insert + text.slice(from + length);
});
const frames = fc.array(
  fc.oneof({ weight: 6, arbitrary: likely.map((frame) => JSON.stringify(frame)) }, { weight: 3, arbitrary: mutated }, fc.string()),
  { minLength: 100, maxLength: 100, size: 'max' },
);

afterEach(() => {
  vi.useRealTimers();
});

/** A peer that serves and asks, and counts what it holds. */
function createVictim() {
  const [left, right] = createMemoryPair();
  const bugs: unknown[] = [];
  let feeds = 0;
  const feed = (_params: unknown, sink: Sink): (() => void) => {
    feeds += 1;
    for (let item = 0; item < 5; item += 1) sink.push([item]);
    return () => {
      feeds -= 1;
    };
  };
  const service = createService({
    operations,
    handlers: { 'fuzz.query': (input) => ok(input), 'fuzz.command': (input) => ok(input), 'fuzz.never': () => new Promise(() => {}) },
    topics,
    feeds: { 'fuzz.newest': feed, 'fuzz.each': feed },
  });
  const peer = createPeer({
    channel: right,
    serve: { service, context: { audience: 'view', by: 'fuzz' } },
    onBug: (bug) => bugs.push(bug),
  });
  let isClosed = false;
  left.onClose(() => {
    isClosed = true;
  });
  const replies: string[] = [];
  left.onFrame((frame) => replies.push(frame));
  left.post(JSON.stringify({ t: 'hello', version: protocolVersion, capabilities: [] }));
  return { left, peer, bugs, replies, feeds: () => feeds, isClosed: () => isClosed };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

describe('a peer under fire', () => {
  it('survives 100,000 random and mutated frames: no crash, no hang, nothing left behind', async () => {
    vi.useFakeTimers();
    let sent = 0;
    let links = 0;
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(frames, async (texts) => {
        let victim = createVictim();
        const ended: Promise<unknown>[] = [];
        const ask = (): void => {
          links += 1;
          ended.push(victim.peer.call(operations['fuzz.query'], {}));
          ended.push(
            new Promise((onEnd) => victim.peer.subscribe(topics['fuzz.each'], {}, { onItems: () => {}, onEnd: (error) => onEnd(error) })),
          );
        };
        const finish = async (): Promise<void> => {
          victim.peer.close();
          await settled();
          // Every reply was a frame; every call and subscription has ended; no feed and no timer is left.
          for (const reply of victim.replies) frameSchema.parse(JSON.parse(reply));
          await Promise.all(ended);
          answered += victim.replies.length;
          expect(victim.bugs).toEqual([]);
          expect(victim.feeds()).toBe(0);
          expect(vi.getTimerCount()).toBe(0);
        };
        ask();
        for (const text of texts) {
          sent += 1;
          victim.left.post(text);
          // Not after every frame: bursts as well as single frames.
          if (sent % 3 === 0) await settled();
          if (victim.isClosed()) {
            await finish();
            victim = createVictim();
            ask();
          }
        }
        await finish();
        expect(({} as Record<string, unknown>).polluted).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
    expect(sent).toBeGreaterThanOrEqual(100_000);
    // The fire must reach the rooms behind the door: most frames were understood and answered.
    expect(answered).toBeGreaterThan(sent / 10);
    expect(links).toBeLessThan(sent);
  });
});
