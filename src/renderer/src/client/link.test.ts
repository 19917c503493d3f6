import { describe, expect, it } from 'vitest';
import { type ErrorCode, appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { createLink, type LinkPeer, type PeerSubscription } from './link.ts';
import { linkWords } from './link-words.ts';

/** A gateway that answers when told to, and a clock that moves when told to. */
function createScene() {
  const timers: { run: () => void; delayMs: number }[] = [];
  const subscriptions: { topic: string; options: PeerSubscription }[] = [];
  const calls: string[] = [];
  let answers: Result<null>[] = [];
  let drop: (code: ErrorCode) => void = () => {};
  let nowMs = 1000;
  const peer = (): LinkPeer => ({
    call: async (name) => {
      calls.push(name);
      return ok('done');
    },
    subscribe: (topic, _params, options) => {
      subscriptions.push({ topic, options });
      return () => {};
    },
    close: () => {},
  });
  const link = createLink({
    connect: async (onClosed) => {
      drop = onClosed;
      const answer = answers.shift() ?? ok(null);
      return answer.ok ? ok({ peer: peer(), capabilities: [] }) : answer;
    },
    now: () => nowMs,
    random: () => 0.5,
    setTimer: (run, delayMs) => {
      const timer = { run, delayMs };
      timers.push(timer);
      return () => timers.splice(timers.indexOf(timer), 1);
    },
  });
  return {
    link,
    timers,
    subscriptions,
    calls,
    refuseNext: (...codes: ErrorCode[]) => {
      answers = codes.map((code) => err(appError(code)));
    },
    drop: (code: ErrorCode) => drop(code),
    passTime: (ms: number) => {
      nowMs += ms;
    },
    settle: () => new Promise<void>((resolve) => setImmediate(resolve)),
    fire: async () => {
      timers.shift()?.run();
      await new Promise<void>((resolve) => setImmediate(resolve));
    },
  };
}

describe('the link to a gateway', () => {
  it('fails calls at once while there is no link, and sends nothing later', async () => {
    const scene = createScene();
    const answer = await scene.link.call('switch.set', {});
    expect(answer).toMatchObject({ ok: false, error: { code: 'GATEWAY_OFFLINE' } });
    scene.link.start();
    await scene.settle();
    expect(scene.calls).toEqual([]);
    expect(await scene.link.call('switch.set', {})).toEqual(ok('done'));
  });

  it('asks for every topic again after a loss, lossless ones from the last seq seen', async () => {
    const scene = createScene();
    scene.link.subscribe({ topic: 'document.changed', params: {}, delivery: 'lossless', onItems: () => {} });
    scene.link.subscribe({ topic: 'telemetry.tick', params: {}, delivery: 'latest', onItems: () => {} });
    scene.link.start();
    await scene.settle();
    for (const subscription of scene.subscriptions) subscription.options.onItems([{}], 41, 0);
    scene.drop('PEER_CLOSED');
    await scene.fire();
    const again = scene.subscriptions.slice(2);
    expect(again.map((each) => [each.topic, each.options.afterSeq])).toEqual([
      ['document.changed', 41],
      ['telemetry.tick', undefined],
    ]);
  });

  it('waits longer after each failure, with jitter, and remembers since when it is offline', async () => {
    const scene = createScene();
    scene.link.start();
    await scene.settle();
    scene.refuseNext('GATEWAY_OFFLINE', 'GATEWAY_OFFLINE', 'GATEWAY_OFFLINE');
    scene.passTime(5000);
    scene.drop('PEER_CLOSED');
    const waits: number[] = [];
    for (let turn = 0; turn < 3; turn++) {
      waits.push(scene.timers[0]?.delayMs ?? 0);
      scene.passTime(1000);
      await scene.fire();
    }
    expect(waits).toEqual([225, 450, 900]);
    expect(scene.link.state.getState()).toMatchObject({ phase: 'offline', since: 6000 });
    await scene.fire();
    expect(scene.link.state.getState()).toMatchObject({ phase: 'live', generation: 2 });
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

  it('ignores what an abandoned connection still says', async () => {
    const scene = createScene();
    const heard: unknown[] = [];
    scene.link.subscribe({ topic: 'telemetry.tick', params: {}, delivery: 'latest', onItems: (items) => heard.push(...items) });
    scene.link.start();
    await scene.settle();
    scene.link.reconnect();
    scene.subscriptions[0]?.options.onItems(['late'], 1, 0);
    expect(heard).toEqual([]);
  });
});

describe('the link in words', () => {
  const clockOf = () => '03:12 UTC';
  const live = { phase: 'live', since: 0, heardAt: 0 } as const;

  it('says how far behind it is after two silent ticks', () => {
    expect(linkWords(live, 10_000, 11_900, clockOf).text).toBe('Live');
    expect(linkWords(live, 10_000, 13_100, clockOf).text).toBe('3 s behind');
  });

  it('says since when it is offline', () => {
    expect(linkWords({ ...live, phase: 'offline' }, 10_000, 99_000, clockOf)).toMatchObject({ text: 'Offline since 03:12 UTC', state: 'failing' });
  });
});
