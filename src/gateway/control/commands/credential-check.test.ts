import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createCheckSender } from '../check-sender.ts';
import { call, codeOf, createControlRoom, hook, theSecret, unwrap } from '../testing/control-room.ts';

const plain = { dryRun: false };
const closers: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function vendor(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A Mixpanel destination at `endpoint` with a bound service account. */
async function bound(endpoint: string, timeoutMs = 5000) {
  const sender = createCheckSender({ timeoutMs });
  closers.push(sender.close);
  const room = await createControlRoom({ send: sender.send });
  const value = hook({ connector: 'mixpanel', settings: { projectId: '1234' }, endpoint });
  unwrap(await room.handlers['destination.put']({ ...plain, id: 'hook', value }, call()));
  const sealed = room.seal({ origin: new URL(endpoint).origin, secret: { username: 'account', secret: theSecret } });
  unwrap(await room.handlers['credential.bind']({ ...plain, destination: 'hook', version: 1, sealed }, call()));
  return {
    ...room,
    check: (signal = new AbortController().signal) => room.handlers['credential.check']({ destination: 'hook' }, call({ signal })),
  };
}

describe('checking a credential', () => {
  it('asks the vendor with the secret it holds, and writes down that it was asked', async () => {
    let seen = '';
    const endpoint = await vendor((request, response) => {
      seen = request.headers.authorization ?? '';
      response.end('{}');
    });
    const { check, store } = await bound(endpoint);
    expect(unwrap(await check())).toMatchObject({ verdict: 'works', latencyMs: 0 });
    expect(Buffer.from(seen.replace('Basic ', ''), 'base64').toString()).toBe(`account:${theSecret}`);
    expect(store.audit(null, 1)[0]).toMatchObject({ action: 'credential.check', target: 'credential/hook', outcome: 'works', by: 'ada' });
  });

  it('takes a refusal back when the vendor says that it works, and not when it says no', async () => {
    let status = 401;
    const endpoint = await vendor((_request, response) => response.writeHead(status).end());
    const { check, vault } = await bound(endpoint);
    vault.markRefused('hook', '401');
    expect(unwrap(await check()).verdict).toBe('refused');
    expect(vault.credentialFor('hook').state).toBe('refused');
    status = 200;
    expect(unwrap(await check()).verdict).toBe('works');
    expect(vault.credentialFor('hook').state).toBe('present');
  });

  it('does not follow a redirect with the secret', async () => {
    let strayed = 0;
    const elsewhere = await vendor((_request, response) => {
      strayed++;
      response.end();
    });
    const endpoint = await vendor((_request, response) => response.writeHead(302, { location: elsewhere }).end());
    const { check } = await bound(endpoint);
    expect(unwrap(await check()).verdict).toBe('unknown');
    expect(strayed).toBe(0);
  });

  it('says that it does not know when the vendor hangs up, hangs or floods', async () => {
    const hangUp = await bound(await vendor((request) => request.socket.destroy()));
    const answer = unwrap(await hangUp.check());
    expect(answer.verdict).toBe('unknown');
    expect(answer.detail).toContain('No answer came');
    const hanging = await bound(await vendor(() => {}), 100);
    expect(unwrap(await hanging.check()).verdict).toBe('unknown');
    const flood = await bound(await vendor((_request, response) => response.writeHead(500).end('x'.repeat(2_000_000))));
    expect(unwrap(await flood.check()).verdict).toBe('unknown');
  });

  it('stops when the caller withdraws', async () => {
    const withdrawn = new AbortController();
    const endpoint = await vendor(() => withdrawn.abort());
    const { check } = await bound(endpoint);
    expect(codeOf(await check(withdrawn.signal))).toBe('PEER_CANCELLED');
  });

  it('sends nothing without a credential, to a changed address, or where the vendor offers no check', async () => {
    let asked = 0;
    const endpoint = await vendor((_request, response) => {
      asked++;
      response.end();
    });
    const { check, handlers } = await bound(endpoint);
    const put = (more: Readonly<Record<string, unknown>>) =>
      handlers['destination.put']({ ...plain, id: 'hook', value: hook(more) }, call());
    await put({ connector: 'mixpanel', settings: { projectId: '1234' }, endpoint: endpoint.replace('127.0.0.1', 'localhost') });
    expect(codeOf(await check())).toBe('CREDENTIAL_ORIGIN_CHANGED');
    await handlers['credential.remove']({ ...plain, destination: 'hook', reason: 'leaked' }, call());
    expect(codeOf(await check())).toBe('CREDENTIAL_MISSING');
    expect(codeOf(await handlers['credential.check']({ destination: 'never' }, call()))).toBe('DOCUMENT_NOT_FOUND');
    expect(asked).toBe(0);
  });

  it('says so where the vendor offers no way to ask', async () => {
    const room = await createControlRoom();
    await room.handlers['destination.put']({ ...plain, id: 'hook', value: hook() }, call());
    await room.handlers['credential.bind']({ ...plain, destination: 'hook', version: 1, sealed: room.seal() }, call());
    expect(unwrap(await room.handlers['credential.check']({ destination: 'hook' }, call()))).toMatchObject({
      verdict: 'unknown',
      latencyMs: null,
    });
  });
});
