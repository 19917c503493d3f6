import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { type WebSocket as ServerSocket, WebSocketServer, WebSocket as WsSocket } from 'ws';
import { channelCases, type OpenedPair } from './conformance.ts';
import { createMemoryPair } from './memory.ts';
import { createWebSocketChannel, type WebSocketLike } from './websocket.ts';

const disposals: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const dispose of disposals.splice(0)) await dispose();
});

async function startServer(): Promise<{ readonly url: string; readonly server: WebSocketServer }> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: 4 * 1024 * 1024 });
  await once(server, 'listening');
  disposals.push(async () => {
    for (const client of server.clients) client.terminate();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return { url: `ws://127.0.0.1:${address.port}`, server };
}

async function openSockets(connect: (url: string) => WebSocketLike): Promise<OpenedPair> {
  const { url, server } = await startServer();
  const accepted = once(server, 'connection');
  const client = connect(url);
  const left = createWebSocketChannel(client);
  const opened = new Promise<void>((resolve) => client.addEventListener('open', resolve));
  const [socket]: ServerSocket[] = await accepted;
  if (!socket) throw new Error('no connection');
  await opened;
  return { ends: [left, createWebSocketChannel(socket)], dispose: async () => left.close() };
}

const kinds: Readonly<Record<string, () => Promise<OpenedPair>>> = {
  memory: async () => ({ ends: createMemoryPair(), dispose: async () => {} }),
  'websocket (ws to ws)': () => openSockets((url) => new WsSocket(url)),
  'websocket (WebSocket of the browser standard to ws)': () => openSockets((url) => new WebSocket(url)),
};

describe.each(Object.entries(kinds))('a channel over %s', (_, open) => {
  it.each(channelCases.map((conformance) => [conformance.name, conformance] as const))('%s', async (_name, { run }) => {
    const { ends, dispose } = await open();
    disposals.unshift(dispose);
    await run(...ends);
  });
});

describe('a channel over a websocket', () => {
  it('keeps what is posted while it connects, and forgets it when closed before', async () => {
    const { url, server } = await startServer();
    const accepted = once(server, 'connection');
    const given = createWebSocketChannel(new WsSocket(url));
    given.post('never sent');
    given.close();
    const client = createWebSocketChannel(new WsSocket(url));
    client.post('first');
    client.post('second');
    const [other]: ServerSocket[] = await accepted;
    if (!other) throw new Error('no connection');
    const received: string[] = [];
    const arrived = new Promise<void>((resolve) =>
      createWebSocketChannel(other).onFrame((frame) => {
        if (received.push(frame) === 2) resolve();
      }),
    );
    await arrived;
    expect(received).toEqual(['first', 'second']);
  });

  it('says GATEWAY_OFFLINE where nothing listens', async () => {
    const { url, server } = await startServer();
    await new Promise((resolve) => server.close(resolve));
    const channel = createWebSocketChannel(new WsSocket(url));
    expect(await new Promise((resolve) => channel.onClose(resolve))).toBe('GATEWAY_OFFLINE');
  });

  it('says PEER_CLOSED when the other process dies', async () => {
    const { url, server } = await startServer();
    const accepted = once(server, 'connection');
    const socket = new WsSocket(url);
    const channel = createWebSocketChannel(socket);
    const [other]: ServerSocket[] = await accepted;
    await (socket.readyState === socket.OPEN ? null : once(socket, 'open'));
    other?.terminate();
    expect(await new Promise((resolve) => channel.onClose(resolve))).toBe('PEER_CLOSED');
  });

  it.each([
    [401, 'AUTH_REQUIRED'],
    [403, 'ORIGIN_FORBIDDEN'],
    [500, 'GATEWAY_OFFLINE'],
  ])('tells a handshake refused with %i as %s', async (status, reason) => {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, verifyClient: (_info, done) => done(false, status) });
    await once(server, 'listening');
    disposals.push(() => new Promise((resolve) => server.close(() => resolve())));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const channel = createWebSocketChannel(new WsSocket(`ws://127.0.0.1:${port}`));
    expect(await new Promise((resolve) => channel.onClose(resolve))).toBe(reason);
  });

  it('closes on a binary message, and on one beyond the limit of the server', async () => {
    const { url, server } = await startServer();
    for (const [message, reason] of [
      [Buffer.from([1, 2, 3]), 'FRAME_INVALID'],
      ['x'.repeat(5 * 1024 * 1024), 'FRAME_TOO_LARGE'],
    ] as const) {
      const accepted = once(server, 'connection');
      const socket = new WsSocket(url);
      const client = createWebSocketChannel(socket);
      const [other]: ServerSocket[] = await accepted;
      if (!other) throw new Error('no connection');
      createWebSocketChannel(other);
      await (socket.readyState === socket.OPEN ? null : once(socket, 'open'));
      socket.send(message);
      expect(await new Promise((resolve) => client.onClose(resolve))).toBe(reason);
    }
  });
});
