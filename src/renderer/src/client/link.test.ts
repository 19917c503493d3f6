import { describe, expect, it } from 'vitest';
import type { Channel } from '#contract/channel.ts';
import { createMemoryPair } from '#contract/channels/memory.ts';
import type { ErrorCode } from '#contract/errors.ts';
import { incarnationCapability } from '#contract/incarnation.ts';
import { defineOperation, defineTopic } from '#contract/operation.ts';
import { createPeer } from '#contract/peer.ts';
import { ok } from '#contract/result.ts';
import { createService, type Sink } from '#contract/service.ts';
import { z } from '#contract/zod.ts';
import { createLink } from './link.ts';
import { linkWords } from './link-words.ts';

const ask = defineOperation({
  name: 'thing.ask',
  title: 'Ask',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({}),
  output: z.string(),
});
const changed = defineTopic({
  name: 'thing.changed',
  title: 'Changes',
  permission: 'viewer',
  delivery: 'lossless',
  params: z.strictObject({}),
  item: z.string(),
});
const ticked = defineTopic({
  name: 'thing.tick',
  title: 'Ticks',
  permission: 'viewer',
  delivery: 'latest',
  params: z.strictObject({}),
  item: z.string(),
});

/** A real gateway end over memory, and a clock that moves when told to. */
function createScene() {
  const timers: { readonly run: () => void; readonly delayMs: number }[] = [];
  const fed: { readonly topic: string; readonly afterSeq: number | null; readonly sink: Sink }[] = [];
  const asked: string[] = [];
  let refusals: ErrorCode[] = [];
  let gatewayEnd: Channel | null = null;
  let nowMs = 1000;
  let capabilities: string[] = [];
  let forks = 0;
  const feed = (topic: string) => (_params: unknown, sink: Sink, afterSeq: number | null) => {
    fed.push({ topic, afterSeq, sink });
    return () => {};
  };
  const service = createService({
    operations: { 'thing.ask': ask },
    handlers: {
      'thing.ask': () => {
        asked.push('thing.ask');
        return ok('answer');
      },
    },
    topics: { 'thing.changed': changed, 'thing.tick': ticked },
    feeds: { 'thing.changed': feed('thing.changed'), 'thing.tick': feed('thing.tick') },
  });
  const link = createLink({
    connect: () => {
      const [near, far] = createMemoryPair();
      const refusal = refusals.shift();
      gatewayEnd = far;
      if (refusal !== undefined) far.close(refusal);
      else createPeer({ channel: far, serve: { service, context: { audience: 'view', by: 'test' } }, capabilities });
      return createPeer({ channel: near });
    },
    now: () => nowMs,
    onFork: () => {
      forks++;
    },
    random: () => 0.5,
    setTimer: (run, delayMs) => {
      const timer = { run, delayMs };
      timers.push(timer);
      return () => timers.splice(timers.indexOf(timer), 1);
    },
  });
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    link,
    timers,
    fed,
    asked,
    settle,
    incarnation: (id: string) => {
      capabilities = [incarnationCapability(id)];
    },
    forks: () => forks,
    refuseNext: (...codes: ErrorCode[]) => {
      refusals = codes;
    },
    drop: async () => {
      gatewayEnd?.close('GATEWAY_OFFLINE');
      await settle();
    },
    passTime: (ms: number) => {
      nowMs += ms;
    },
    fire: async () => {
      timers[0]?.run();
      await settle();
    },
  };
}

describe('the link to a gateway', () => {
  it('fails calls at once while there is no link, and sends nothing later', async () => {
    const scene = createScene();
    expect(await scene.link.call(ask, {})).toMatchObject({ ok: false, error: { code: 'GATEWAY_OFFLINE' } });
    scene.link.start();
    await scene.settle();
    expect(scene.asked).toEqual([]);
    expect(await scene.link.call(ask, {})).toEqual(ok('answer'));
  });

  it('asks for every topic again after a loss, lossless ones from the last seq seen', async () => {
    const scene = createScene();
    const heard: string[] = [];
    scene.link.subscribe(changed, {}, { onItems: (items) => heard.push(...items) });
    scene.link.subscribe(ticked, {}, { onItems: (items) => heard.push(...items) });
    scene.link.start();
    await scene.settle();
    scene.fed[0]?.sink.push(['a'], 41);
    scene.fed[1]?.sink.push(['t'], 7);
    await scene.settle();
    await scene.drop();
    await scene.fire();
    expect(heard).toEqual(['a', 't']);
    expect(scene.fed.slice(2).map(({ topic, afterSeq }) => [topic, afterSeq])).toEqual([
      ['thing.changed', 41],
      ['thing.tick', null],
    ]);
  });

  it('resumes from nothing, and says so, where the gateway was restored meanwhile', async () => {
    const scene = createScene();
    scene.link.subscribe(changed, {}, { onItems: () => {} });
    scene.incarnation('a1');
    scene.link.start();
    await scene.settle();
    scene.fed[0]?.sink.push(['a'], 41);
    await scene.settle();
    await scene.drop();
    await scene.fire();
    expect([scene.fed[1]?.afterSeq, scene.forks()]).toEqual([41, 0]);
    scene.incarnation('b2');
    await scene.drop();
    await scene.fire();
    expect([scene.fed[2]?.afterSeq, scene.forks()]).toEqual([null, 1]);
  });

  it('waits longer after each failure, with jitter, and remembers since when it is offline', async () => {
    const scene = createScene();
    scene.link.start();
    await scene.settle();
    scene.refuseNext('GATEWAY_OFFLINE', 'GATEWAY_OFFLINE');
    scene.passTime(5000);
    await scene.drop();
    const waits: number[] = [];
    for (let turn = 0; turn < 2; turn++) {
      waits.push(scene.timers[0]?.delayMs ?? 0);
      scene.passTime(1000);
      await scene.fire();
    }
    expect([...waits, scene.timers[0]?.delayMs]).toEqual([225, 450, 900]);
    expect(scene.link.state.getState()).toMatchObject({ phase: 'offline', since: 6000, error: { code: 'GATEWAY_OFFLINE' } });
    await scene.fire();
    expect(scene.link.state.getState()).toMatchObject({ phase: 'live', generation: 2 });
    expect(scene.timers).toEqual([]);
  });

  it('does not hammer a gateway that refuses this console, but tries when asked', async () => {
    const scene = createScene();
    scene.refuseNext('AUTH_REQUIRED');
    scene.link.start();
    await scene.settle();
    expect(scene.link.state.getState().phase).toBe('refused');
    expect(scene.timers).toEqual([]);
    scene.link.retryNow();
    await scene.settle();
    expect(scene.link.state.getState().phase).toBe('live');
  });

  it('makes a silent connection anew and does not listen to the old one', async () => {
    const scene = createScene();
    const heard: string[] = [];
    scene.link.subscribe(ticked, {}, { onItems: (items) => heard.push(...items) });
    scene.link.start();
    await scene.settle();
    scene.link.reconnect();
    scene.fed[0]?.sink.push(['late']);
    await scene.settle();
    expect(scene.link.state.getState().phase).toBe('offline');
    await scene.fire();
    scene.fed[1]?.sink.push(['new']);
    await scene.settle();
    expect(heard).toEqual(['new']);
  });

  it('stays away once stopped', async () => {
    const scene = createScene();
    scene.link.start();
    await scene.settle();
    scene.link.stop();
    await scene.settle();
    scene.link.retryNow();
    expect(scene.timers).toEqual([]);
    expect(await scene.link.call(ask, {})).toMatchObject({ ok: false });
  });
});

describe('the link in words', () => {
  const clockOf = () => '03:12 UTC';
  const live = { phase: 'live', since: 0 } as const;

  it('says how far behind it is after two silent ticks', () => {
    expect(linkWords(live, 10_000, 11_900, clockOf).text).toBe('Live');
    expect(linkWords(live, 10_000, 13_100, clockOf).text).toBe('3 s behind');
  });

  it('says since when it is offline', () => {
    expect(linkWords({ ...live, phase: 'offline' }, 10_000, 99_000, clockOf)).toMatchObject({
      text: 'Offline since 03:12 UTC',
      state: 'failing',
    });
  });
});
