import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import type { Channel } from '#contract/channel.ts';
import { createMemoryPair } from '#contract/channels/memory.ts';
import { appError } from '#contract/errors.ts';
import { err, ok } from '#contract/result.ts';
import { secret } from '#contract/secret.ts';
import { dialGateway } from './dial.ts';
import { createRelay } from './relay.ts';

let gateway: WebSocketServer;
let url: string;
beforeEach(async () => {
  gateway = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'sluice.v1' });
  await once(gateway, 'listening');
  const address = gateway.address();
  url = typeof address === 'object' && address ? `ws://127.0.0.1:${address.port}` : '';
});
afterEach(() => {
  for (const client of gateway.clients) client.terminate();
  gateway.close();
});

function windowOf(
  target: string,
  dial: (environment: string) => Promise<ReturnType<typeof ok<Channel>> | ReturnType<typeof err<Channel>>>,
): Channel {
  const [page, main] = createMemoryPair();
  createRelay({ serveDesk: (channel) => channel.post('desk'), dial }).open(target, main);
  return page;
}
const closeOf = (channel: Channel): Promise<string> => new Promise((resolve) => channel.onClose(resolve));
const frameOf = (channel: Channel): Promise<string> => new Promise((resolve) => channel.onFrame(resolve));
const dial = async (): Promise<ReturnType<typeof ok<Channel>>> => ok(dialGateway({ url, token: secret('token-of-the-gateway') }, 'view'));

describe('the relay', () => {
  it('passes strings unread between a window and a gateway, and adds the token', async () => {
    const connection = once(gateway, 'connection');
    const page = windowOf('gateway/embedded', dial);
    page.post('not even a frame');
    const [socket, request] = await connection;
    expect(request.headers['sec-websocket-protocol'].split(',')).toEqual(['sluice.v1', 'sluice.token.token-of-the-gateway']);
    expect(String((await once(socket, 'message'))[0])).toBe('not even a frame');
    socket.send('{"t":"pong"}');
    expect(await frameOf(page)).toBe('{"t":"pong"}');
  });

  it('asks for the desk audience on main’s own link only', async () => {
    const connection = once(gateway, 'connection');
    const link = dialGateway({ url, token: secret('token-of-the-gateway') }, 'desk');
    const [, request] = await connection;
    expect(request.headers['sec-websocket-protocol']).toContain('sluice.audience.desk');
    link.close();
  });

  it('closes the gateway’s end with the window, and the window with the gateway', async () => {
    const first = once(gateway, 'connection');
    const closing = windowOf('gateway/embedded', dial);
    const [socket] = await first;
    closing.close();
    await once(socket, 'close');

    const second = once(gateway, 'connection');
    const closed = windowOf('gateway/embedded', dial);
    const [other] = await second;
    other.close(4001, 'VERSION_MISMATCH');
    expect(await closeOf(closed)).toBe('VERSION_MISMATCH');
  });

  it('passes on codes as reasons, and nobody’s own words', async () => {
    const connection = once(gateway, 'connection');
    const page = windowOf('gateway/embedded', dial);
    const [socket] = await connection;
    socket.send('up');
    await frameOf(page);
    page.close('ü'.repeat(200));
    const [, reason] = await once(socket, 'close');
    expect(String(reason)).toBe('PEER_CLOSED');
  });

  it('says GATEWAY_OFFLINE when nobody listens', async () => {
    gateway.close();
    await once(gateway, 'close');
    expect(await closeOf(windowOf('gateway/embedded', dial))).toBe('GATEWAY_OFFLINE');
  });

  it('passes on why an environment has no gateway to dial', async () => {
    const page = windowOf('gateway/prod', async () => err(appError('KEYCHAIN_LOCKED')));
    expect(await closeOf(page)).toBe('KEYCHAIN_LOCKED');
  });

  it('knows two kinds of target only', async () => {
    for (const target of ['', 'gateway', 'gateway/', 'gateway/a/b', 'desk/x', '__proto__', 'gateway/../desk']) {
      const page = windowOf(target, () => Promise.reject(new Error('dialled')));
      expect(await closeOf(page)).toBe('DOCUMENT_NOT_FOUND');
    }
    expect(await frameOf(windowOf('desk', dial))).toBe('desk');
  });

  it('does not hold more than a megabyte for a gateway that never answers', async () => {
    const page = windowOf('gateway/slow', () => new Promise(() => {}));
    const closed = closeOf(page);
    for (let index = 0; index < 20; index += 1) page.post('x'.repeat(100_000));
    expect(await closed).toBe('FRAME_TOO_LARGE');
  });
});
