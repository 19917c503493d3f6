import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Channel } from './channel.ts';
import { createMemoryPair } from './channels/memory.ts';
import { appError } from './errors.ts';
import { protocolVersion } from './frames.ts';
import { defineOperation } from './operation.ts';
import { createPeer, type PeerOptions } from './peer.ts';
import { err, ok } from './result.ts';
import { type CallContext, createService, type Handlers } from './service.ts';
import { z } from './zod.ts';

const common = {
  permission: 'viewer',
  input: z.strictObject({ text: z.string().default('nothing') }),
  output: z.strictObject({ text: z.string() }),
} as const;
const operations = {
  'echo.say': defineOperation({ ...common, name: 'echo.say', title: 'Say', kind: 'query' }),
  'echo.do': defineOperation({ ...common, name: 'echo.do', title: 'Do', kind: 'command' }),
  'echo.secret': defineOperation({ ...common, name: 'echo.secret', title: 'Secret', kind: 'query', audience: 'desk' }),
  'echo.any': defineOperation({ ...common, name: 'echo.any', title: 'Any', kind: 'query', input: z.unknown(), output: z.unknown() }),
};
type Served = Handlers<typeof operations>;

const contexts: CallContext[] = [];
const plain: Served = {
  'echo.say': ({ text }) => ok({ text }),
  'echo.do': ({ text }, context) => {
    contexts.push(context);
    return ok({ text });
  },
  'echo.secret': ({ text }) => ok({ text }),
  'echo.any': (input) => ok(input),
};

const closers: (() => void)[] = [];
beforeEach(() => {
  contexts.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
  for (const close of closers.splice(0)) close();
});

function open(handlers: Partial<Served> = {}, options: Partial<PeerOptions> = {}, audience: 'view' | 'desk' = 'view') {
  const [left, right] = createMemoryPair();
  const bugs: { readonly error: unknown; readonly requestId: string | undefined }[] = [];
  const service = createService({ operations, handlers: { ...plain, ...handlers }, topics: {}, feeds: {} });
  const server = createPeer({
    channel: right,
    serve: { service, context: { audience, by: 'tester' } },
    onBug: (error, requestId) => bugs.push({ error, requestId }),
    ...options,
  });
  const client = createPeer({ channel: left });
  closers.push(() => client.close());
  return { client, server, bugs };
}

/** A hand-driven end: what a peer that breaks the rules would send, and what it is told. */
function openRaw(handlers: Partial<Served> = {}) {
  const [left, right] = createMemoryPair();
  const service = createService({ operations, handlers: { ...plain, ...handlers }, topics: {}, feeds: {} });
  const server = createPeer({ channel: right, serve: { service, context: { audience: 'view', by: 'tester' } } });
  const received: unknown[] = [];
  left.onFrame((frame) => received.push(JSON.parse(frame)));
  closers.push(() => server.close());
  const say = (frame: unknown): void => left.post(typeof frame === 'string' ? frame : JSON.stringify(frame));
  const hello = (): void => say({ t: 'hello', version: protocolVersion, capabilities: [] });
  return { say, hello, received, channel: left, server };
}

function reasonOfClose(channel: Channel): Promise<string> {
  return new Promise((resolve) => channel.onClose(resolve));
}

/** Lets everything run that needs no timer. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

describe('a call', () => {
  it('is answered with the parsed output, defaults of the input filled in', async () => {
    const { client } = open();
    expect(await client.call(operations['echo.say'], { text: 'hi' })).toEqual(ok({ text: 'hi' }));
    expect(await client.call(operations['echo.say'], {})).toEqual(ok({ text: 'nothing' }));
  });

  it('may be made before the other side said hello', async () => {
    const { client } = open();
    const answer = client.call(operations['echo.say'], { text: 'early' });
    expect(await client.ready).toEqual(ok({ version: protocolVersion, capabilities: [] }));
    expect(await answer).toEqual(ok({ text: 'early' }));
  });

  it('hands the handler who asks, and a command id for commands', async () => {
    const { client } = open({}, {}, 'desk');
    await client.call(operations['echo.do'], {});
    await client.call(operations['echo.do'], {}, { commandId: 'my-own-command' });
    expect(contexts.map(({ audience, by }) => [audience, by])).toEqual([
      ['desk', 'tester'],
      ['desk', 'tester'],
    ]);
    expect(contexts[0]?.commandId).toMatch(/^[0-9a-f]{32}$/);
    expect(contexts[1]?.commandId).toBe('my-own-command');
  });

  it('passes an expected failure of the handler on as a value', async () => {
    const failure = appError('DOCUMENT_CONFLICT', { version: 3 });
    const { client } = open({ 'echo.say': () => err(failure) });
    expect(await client.call(operations['echo.say'], {})).toEqual(err(failure));
  });

  it('is refused with the fields that are wrong, and never their values', async () => {
    const { client } = open();
    // The compiler would stop this; a peer of another make would not.
    const bad = { text: 5, p4ssword: 'hunter2' } as never;
    const outcome = await client.call(operations['echo.say'], bad);
    expect(outcome).toMatchObject({ ok: false, error: { code: 'INPUT_INVALID' } });
    expect(JSON.stringify(outcome)).toContain('"path":"text"');
    expect(JSON.stringify(outcome)).not.toContain('hunter2');
  });

  it('of a desk operation is refused to a view and answered to the desk', async () => {
    const asView = await open().client.call(operations['echo.secret'], {});
    expect(asView).toEqual(err(appError('AUTH_FORBIDDEN', { operation: 'echo.secret' })));
    expect(await open({}, {}, 'desk').client.call(operations['echo.secret'], {})).toEqual(ok({ text: 'nothing' }));
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'door.open'])('of %s is an unknown operation', async (name) => {
    const { client } = open();
    const outcome = await client.call({ ...operations['echo.say'], name }, {});
    expect(outcome).toEqual(err(appError('OPERATION_UNKNOWN', { operation: name })));
  });

  it('answers GATEWAY_INTERNAL with the id that the bug was logged with when the handler throws', async () => {
    const bug = new Error('secret inside');
    for (const handler of [
      () => {
        throw bug;
      },
      () => Promise.reject(bug),
    ]) {
      const { client, bugs } = open({ 'echo.say': handler });
      const outcome = await client.call(operations['echo.say'], {});
      expect(bugs).toMatchObject([{ error: bug }]);
      expect(outcome).toEqual(err(appError('GATEWAY_INTERNAL', { requestId: bugs[0]?.requestId })));
      expect(await client.call(operations['echo.do'], {})).toEqual(ok({ text: 'nothing' }));
    }
  });

  it('answers GATEWAY_INTERNAL when the output cannot be written as JSON', async () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const { client, bugs } = open({ 'echo.any': () => ok(circle) });
    expect(await client.call(operations['echo.any'], {})).toMatchObject({ error: { code: 'GATEWAY_INTERNAL' } });
    expect(bugs).toHaveLength(1);
  });

  it('refuses an answer that does not fit the operation', async () => {
    const { client } = open({ 'echo.any': () => ok({ text: 7 }) });
    const outcome = await client.call({ ...operations['echo.any'], output: operations['echo.say'].output }, {});
    expect(outcome).toMatchObject({ ok: false, error: { code: 'FRAME_INVALID', details: { operation: 'echo.any' } } });
  });

  it('too large to send, or with an answer too large, fails alone', async () => {
    const { client } = open({}, { maxFrameChars: 1000 });
    const small = createPeerPair(1000);
    expect(await small.call(operations['echo.any'], 'x'.repeat(1000))).toMatchObject({ error: { code: 'FRAME_TOO_LARGE' } });
    expect(await small.call(operations['echo.any'], 'x')).toEqual(ok('x'));
    const long = open({ 'echo.any': () => ok('y'.repeat(1000)) }, { maxFrameChars: 1000 });
    expect(await long.client.call(operations['echo.any'], {})).toMatchObject({ error: { code: 'FRAME_TOO_LARGE' } });
    expect(await client.call(operations['echo.say'], {})).toEqual(ok({ text: 'nothing' }));
  });

  it('nested too deeply is refused before any schema walks it', async () => {
    const { client } = open();
    const { say, hello, received } = openRaw();
    hello();
    say(`{"t":"req","id":1,"name":"echo.any","deadlineMs":1000,"input":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
    await settled();
    expect(received).toMatchObject([{ t: 'hello' }, { t: 'res', id: 1, error: { code: 'INPUT_INVALID' } }]);
    expect(await client.call(operations['echo.any'], [[['fine']]])).toEqual(ok([[['fine']]]));
  });
});

function createPeerPair(maxFrameChars: number) {
  const [left, right] = createMemoryPair();
  const service = createService({ operations, handlers: plain, topics: {}, feeds: {} });
  createPeer({ channel: right, maxFrameChars, serve: { service, context: { audience: 'view', by: 'tester' } } });
  const client = createPeer({ channel: left, maxFrameChars });
  closers.push(() => client.close());
  return client;
}

describe('a call that takes long', () => {
  /** A handler that answers when told, and tells whether it was aborted. */
  function patient() {
    const started = Promise.withResolvers<AbortSignal>();
    const release = Promise.withResolvers<void>();
    const handler: Served['echo.say'] = async (_input, { signal }) => {
      started.resolve(signal);
      await release.promise;
      return ok({ text: 'at last' });
    };
    return { handler, started: started.promise, release: () => release.resolve() };
  }

  it('ends with PEER_DEADLINE, and the handler is told to stop', async () => {
    vi.useFakeTimers();
    const { handler, started } = patient();
    const { client } = open({ 'echo.say': handler });
    const answer = client.call(operations['echo.say'], {}, { deadlineMs: 200 });
    const signal = await started;
    vi.advanceTimersByTime(200);
    expect(await answer).toEqual(err(appError('PEER_DEADLINE', { deadlineMs: 200 })));
    await settled();
    expect(signal.aborted).toBe(true);
  });

  it('is withdrawn by its signal, and the handler is told to stop', async () => {
    const { handler, started, release } = patient();
    const { client } = open({ 'echo.say': handler });
    const controller = new AbortController();
    const answer = client.call(operations['echo.say'], {}, { signal: controller.signal });
    const signal = await started;
    controller.abort();
    expect(await answer).toEqual(err(appError('PEER_CANCELLED')));
    await settled();
    expect(signal.aborted).toBe(true);
    release();
    expect(await client.call(operations['echo.do'], {})).toEqual(ok({ text: 'nothing' }));
    expect(await client.call(operations['echo.say'], {}, { signal: controller.signal })).toEqual(err(appError('PEER_CANCELLED')));
  });

  it('answers PEER_CLOSED when either side closes, and the handler is told to stop', async () => {
    for (const side of ['client', 'server'] as const) {
      const { handler, started } = patient();
      const peers = open({ 'echo.say': handler });
      const answer = peers.client.call(operations['echo.say'], {});
      const signal = await started;
      peers[side].close();
      expect(await answer).toEqual(err(appError('PEER_CLOSED', { reason: 'PEER_CLOSED' })));
      await settled();
      expect(signal.aborted).toBe(true);
      expect(await peers.client.call(operations['echo.say'], {})).toMatchObject({ error: { code: 'PEER_CLOSED' } });
    }
  });

  it('is refused with PEER_BUSY beyond 256 at once', async () => {
    const { handler, release } = patient();
    const { client } = open({ 'echo.say': handler });
    const answers = Array.from({ length: 257 }, () => client.call(operations['echo.say'], {}));
    expect(await answers[256]).toEqual(err(appError('PEER_BUSY')));
    release();
    expect(await Promise.all(answers.slice(0, 256))).toEqual(Array(256).fill(ok({ text: 'at last' })));
  });

  it('leaves no timer behind, however it ended', async () => {
    vi.useFakeTimers();
    const { handler, started } = patient();
    const { client, server } = open({ 'echo.say': handler });
    await client.call(operations['echo.do'], {});
    const pending = client.call(operations['echo.say'], {});
    await started;
    expect(vi.getTimerCount()).toBe(2);
    client.close();
    await Promise.all([pending, server.closed]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the start of a link', () => {
  it('tells each side what the other is capable of', async () => {
    const { client } = open({}, { capabilities: ['host:browser', 'demo'] });
    expect(await client.ready).toEqual(ok({ version: protocolVersion, capabilities: ['host:browser', 'demo'] }));
  });

  it.each([
    { t: 'hello', version: protocolVersion + 1, capabilities: [] },
    { t: 'hello', version: protocolVersion + 1, capabilities: [], andThen: 'something of later versions' },
  ])('with another version ends with VERSION_MISMATCH on both sides and sends nothing', async (hello) => {
    const [left, right] = createMemoryPair();
    const client = createPeer({ channel: left });
    const seen: string[] = [];
    right.onFrame((frame) => seen.push(frame));
    const closed = reasonOfClose(right);
    const answer = client.call(operations['echo.do'], {});
    right.post(JSON.stringify(hello));
    expect(await client.ready).toMatchObject({ ok: false, error: { code: 'VERSION_MISMATCH' } });
    expect(await answer).toMatchObject({ ok: false, error: { code: 'VERSION_MISMATCH' } });
    expect(await closed).toBe('VERSION_MISMATCH');
    expect(seen).toHaveLength(1);
  });

  it('refused by the transport fails every call with that reason: nothing was sent', async () => {
    const [left, right] = createMemoryPair();
    const client = createPeer({ channel: left });
    const answer = client.call(operations['echo.do'], {});
    right.close('GATEWAY_OFFLINE');
    expect(await answer).toEqual(err(appError('GATEWAY_OFFLINE')));
    expect(await client.ready).toEqual(err(appError('GATEWAY_OFFLINE')));
    expect(await client.closed).toEqual(appError('GATEWAY_OFFLINE'));
  });

  it('gives up on a side that never says hello', async () => {
    vi.useFakeTimers();
    const [left] = createMemoryPair();
    const client = createPeer({ channel: left });
    vi.advanceTimersByTime(10_000);
    expect(await client.ready).toMatchObject({ error: { code: 'PEER_DEADLINE' } });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('measures the round trip, and answers pings', async () => {
    const { client, server } = open();
    const outcome = await client.ping();
    expect(outcome).toMatchObject({ ok: true, value: expect.any(Number) });
    server.close();
    expect(await client.ping()).toMatchObject({ error: { code: 'PEER_CLOSED' } });
  });
});

describe('a peer that breaks the rules', () => {
  it.each([
    ['speaks before hello', [{ t: 'ping', id: 1 }], 'FRAME_INVALID'],
    ['says hello twice', ['hello', 'hello'], 'FRAME_INVALID'],
    ['sends what is not JSON', ['hello', '{"t":'], 'FRAME_INVALID'],
    ['sends JSON that is no frame', ['hello', '[1,2]'], 'FRAME_INVALID'],
    ['sends a frame of an unknown kind', ['hello', { t: 'shutdown', id: 1 }], 'FRAME_INVALID'],
    ['sends an acknowledgement that is garbled', ['hello', { t: 'ack', id: -1, seq: 'x' }], 'FRAME_INVALID'],
    ['sends a frame that is too large', ['hello', 'x'.repeat(4 * 1024 * 1024 + 1)], 'FRAME_TOO_LARGE'],
  ])('is hung up on when it %s', async (_, frames, code) => {
    const { say, hello, channel } = openRaw();
    const closed = reasonOfClose(channel);
    for (const frame of frames) {
      if (frame === 'hello') hello();
      else say(frame);
    }
    expect(await closed).toBe(code);
  });

  it('is hung up on when it uses the id of a pending request again', async () => {
    const { say, hello, channel } = openRaw({ 'echo.say': () => new Promise(() => {}) });
    const closed = reasonOfClose(channel);
    hello();
    say({ t: 'req', id: 1, name: 'echo.say', input: {}, deadlineMs: 1000 });
    say({ t: 'req', id: 1, name: 'echo.say', input: {}, deadlineMs: 1000 });
    expect(await closed).toBe('FRAME_INVALID');
  });

  it('is answered FRAME_INVALID where the broken frame names its request, and keeps its link', async () => {
    const { say, hello, received } = openRaw();
    hello();
    say({ t: 'req', id: 1, name: 'x'.repeat(65), input: {}, deadlineMs: 1000 });
    say({ t: 'req', id: 2, name: 'echo.say', input: {}, deadlineMs: 0 });
    say({ t: 'sub', id: 3, name: 'x', params: {}, afterSeq: -1 });
    say({ t: 'req', id: 4, name: 'echo.say', input: {}, deadlineMs: 1000 });
    await settled();
    expect(received).toMatchObject([
      { t: 'hello' },
      { t: 'res', id: 1, error: { code: 'FRAME_INVALID' } },
      { t: 'res', id: 2, error: { code: 'FRAME_INVALID' } },
      { t: 'end', id: 3, error: { code: 'FRAME_INVALID' } },
      { t: 'res', id: 4, ok: { text: 'nothing' } },
    ]);
  });

  it('fails only the call whose answer it garbles', async () => {
    const [left, right] = createMemoryPair();
    const client = createPeer({ channel: left });
    closers.push(() => client.close());
    right.onFrame((frame) => {
      if (frame.includes('"req"')) right.post('{"t":"res","id":1,"error":{"code":"NO_SUCH_CODE"}}');
    });
    right.post(JSON.stringify({ t: 'hello', version: protocolVersion, capabilities: [] }));
    expect(await client.call(operations['echo.say'], {})).toMatchObject({ error: { code: 'FRAME_INVALID' } });
    right.post('{"t":"ping","id":9}');
    await settled();
    expect(await client.ready).toMatchObject({ ok: true });
  });

  it('gets no command through without a command id', async () => {
    const { say, hello, received } = openRaw();
    hello();
    say({ t: 'req', id: 1, name: 'echo.do', input: {}, deadlineMs: 1000 });
    await settled();
    expect(received).toMatchObject([{ t: 'hello' }, { t: 'res', id: 1, error: { code: 'INPUT_INVALID' } }]);
    expect(contexts).toEqual([]);
  });
});
