import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { secret } from '#contract/secret.ts';
import type { Reach } from '#gateway/transport/reach.ts';
import { createAuthority } from '#tests/support/tls/certificates.ts';
import {
  authority,
  closeAll,
  hasOpenssl,
  http2Vendor,
  opensslVendor,
  plainVendor,
  proxied,
  proxyWith,
  request,
  send,
  senderTo,
  tlsVendor,
  trusted,
} from '#tests/support/tls/sending.ts';

afterEach(closeAll);

describe('a sender', () => {
  it('sends what was encoded and hands back the answer', async () => {
    const vendor = await plainVendor();
    const sender = senderTo(vendor.origin);
    const sent = await send(sender, request(vendor.origin));
    expect(sent).toMatchObject({ kind: 'answer', response: { status: 200, body: 'thanks', headers: { 'content-type': 'text/plain' } } });
    expect(vendor.got).toMatchObject([{ path: '/events?key=v', body: Buffer.from('{"a":1}') }]);
    expect(sender).toMatchObject({ sockets: 1, protocol: 'http/1.1' });
  });

  it('addresses no other origin than its own', async () => {
    const sender = senderTo('https://api.vendor.example');
    expect(() => sender.send(request('https://api.vendor.example.evil.test'), { mayStart: () => true, done: () => undefined })).toThrow(
      /another origin/,
    );
  });

  it('says that nothing was sent where nobody listens', async () => {
    const sender = senderTo('http://127.0.0.1:1');
    expect(await send(sender, request('http://127.0.0.1:1'))).toMatchObject({ kind: 'unsent', class: 'network' });
  });
});

describe('a private authority', () => {
  it('is trusted where it is named, and the certificate is shown with its end', async () => {
    const vendor = await tlsVendor({
      pair: authority.issue({ name: 'soon.test', expiresAt: new Date(Date.now() + 10 * 86_400_000 + 60_000) }),
    });
    const sender = senderTo(vendor.origin, trusted);
    expect(await send(sender, request(vendor.origin))).toMatchObject({ kind: 'answer' });
    expect(sender.certificates(Date.now())).toMatchObject([
      { role: 'server', subject: 'soon.test', issuer: 'Private authority', daysLeft: 10, verdict: 'ends' },
    ]);
  });

  it('is not trusted where it is not: nothing is sent', async () => {
    const vendor = await tlsVendor();
    const sent = await send(senderTo(vendor.origin), request(vendor.origin));
    expect(sent).toMatchObject({ kind: 'unsent', class: 'network' });
    expect(vendor.got).toEqual([]);
  });

  it('does not vouch for another name, nor for what has ended', async () => {
    const elsewhere = await tlsVendor({ pair: authority.issue({ name: 'x', hosts: ['elsewhere.test'] }) });
    expect(await send(senderTo(elsewhere.origin, trusted), request(elsewhere.origin))).toMatchObject({
      kind: 'unsent',
      detail: 'could not connect: ERR_TLS_CERT_ALTNAME_INVALID',
    });
    const over = await tlsVendor({ pair: authority.issue({ name: 'x', expiresAt: new Date(Date.now() - 1000) }) });
    expect(await send(senderTo(over.origin, trusted), request(over.origin))).toMatchObject({
      kind: 'unsent',
      detail: 'could not connect: CERT_HAS_EXPIRED',
    });
    expect([...elsewhere.got, ...over.got]).toEqual([]);
  });
});

describe('a client certificate', () => {
  const ours = createAuthority('Our authority');
  const client = ours.issue({ name: 'sluice', hosts: [] });
  const shown = { client: { cert: client.cert, key: secret(client.key) } };

  it.each([false, true])('is shown to a vendor that wants one (HTTP/2: %s)', async (http2) => {
    const vendor = http2 ? await http2Vendor({ clientCa: ours.cert }) : await tlsVendor({ clientCa: ours.cert });
    const sender = senderTo(vendor.origin, { ...trusted, ...shown, http2 });
    expect(await send(sender, request(vendor.origin))).toMatchObject({ kind: 'answer' });
    expect(vendor.got).toHaveLength(1);
    if (!http2) expect(vendor.got[0]?.client).toBe('CN=sluice');
  });

  const strange = authority.issue({ name: 'stranger', hosts: [] });
  const strangers: Partial<Reach>[] = [trusted, { ...trusted, client: { cert: strange.cert, key: secret(strange.key) } }];

  it.each([false, true])('that the vendor does not know, or the lack of one, gets no event in (HTTP/2: %s)', async (http2) => {
    const vendor = http2 ? await http2Vendor({ clientCa: ours.cert }) : await tlsVendor({ clientCa: ours.cert });
    for (const reach of strangers) {
      // Node's server may hang up without a word: then that is no verdict.
      const sent = await send(senderTo(vendor.origin, { ...reach, http2 }), request(vendor.origin));
      expect(['refused', 'uncertain', 'unsent']).toContain(sent.kind);
    }
    expect(vendor.got).toEqual([]);
  });

  it.skipIf(!hasOpenssl)('that the vendor refuses with an alert is a refusal, and harms no event', async () => {
    const origin = await opensslVendor(ours.cert);
    for (const reach of strangers) {
      const sent = await send(senderTo(origin, reach), request(origin));
      expect(sent).toMatchObject({ kind: 'refused', detail: expect.stringContaining('our client certificate was refused') });
    }
    const accepted = { ...request(origin, '/'), method: 'GET' as const, body: null };
    expect(await send(senderTo(origin, { ...trusted, ...shown }), accepted)).toMatchObject({ kind: 'answer' });
  });
});

describe('a proxy', () => {
  it.each([
    ['http', false],
    ['https', true],
    ['https', false],
  ])('is gone through to an %s address (the proxy itself over TLS: %s)', async (scheme, isTls) => {
    const vendor = scheme === 'https' ? await tlsVendor() : await plainVendor();
    const proxy = await proxyWith({ login: 'ada:pass word', ...(isTls ? { tls: authority.issue({ name: 'proxy.test' }) } : {}) });
    const sender = senderTo(vendor.origin, { ...trusted, ...proxied(proxy.url, 'ada:pass word') });
    expect(await send(sender, request(vendor.origin))).toMatchObject({ kind: 'answer', response: { body: 'thanks' } });
    expect(await send(sender, request(vendor.origin))).toMatchObject({ kind: 'answer' });
    expect([...new Set(proxy.asked)]).toEqual([new URL(vendor.origin).host]);
    expect(
      sender
        .certificates(Date.now())
        .map(({ role, subject }) => `${role} ${subject}`)
        .sort(),
    ).toEqual([...(isTls ? ['proxy proxy.test'] : []), ...(scheme === 'https' ? ['server vendor.test'] : [])]);
  });

  it('carries HTTP/2 as well', async () => {
    const vendor = await http2Vendor();
    const proxy = await proxyWith();
    const sender = senderTo(vendor.origin, { ...trusted, ...proxied(proxy.url), http2: true });
    expect(await send(sender, request(vendor.origin))).toMatchObject({ kind: 'answer' });
    expect(sender.protocol).toBe('h2');
    expect(proxy.asked).toHaveLength(1);
  });

  it('that refuses our password is a refusal, not a failure of events', async () => {
    const vendor = await plainVendor();
    const proxy = await proxyWith({ login: 'ada:right' });
    const sent = await send(senderTo(vendor.origin, proxied(proxy.url, 'ada:wrong')), request(vendor.origin));
    expect(sent).toEqual({ kind: 'refused', detail: 'the proxy refused our user and password' });
    expect(vendor.got).toEqual([]);
  });

  it('that cannot reach the vendor, or is not there, leaves the request unsent', async () => {
    const vendor = await plainVendor();
    const proxy = await proxyWith();
    proxy.refusal = 502;
    expect(await send(senderTo(vendor.origin, proxied(proxy.url)), request(vendor.origin))).toMatchObject({
      kind: 'unsent',
      detail: 'could not connect: PROXY_ANSWERED_502',
    });
    expect(await send(senderTo(vendor.origin, proxied('http://127.0.0.1:1')), request(vendor.origin))).toMatchObject({
      kind: 'unsent',
      detail: 'could not connect: PROXY_ECONNREFUSED',
    });
  });

  it('carries no byte of a request that a switch stopped meanwhile', async () => {
    const vendor = await plainVendor();
    const proxy = await proxyWith();
    const sender = senderTo(vendor.origin, proxied(proxy.url));
    expect(await send(sender, request(vendor.origin), () => false)).toEqual({ kind: 'withdrawn' });
    expect({ tunnels: proxy.asked.length, bytes: proxy.bytesOut(), got: vendor.got }).toEqual({ tunnels: 1, bytes: 0, got: [] });
  });
});

describe('compression', () => {
  const text = JSON.stringify({ events: Array.from({ length: 2000 }, (_, index) => ({ name: 'Order Completed', index })) });

  it.each([false, true])('sends larger bodies as gzip (HTTP/2: %s)', async (http2) => {
    const vendor = http2 ? await http2Vendor() : await tlsVendor();
    const sender = senderTo(vendor.origin, { ...trusted, http2, gzip: true });
    const bodies = [text, text.slice(0, 5000)];
    for (const body of bodies) expect(await send(sender, request(vendor.origin, '/', body))).toMatchObject({ kind: 'answer' });
    expect(vendor.got.map(({ headers }) => headers['content-encoding'])).toEqual(['gzip', 'gzip']);
    expect(vendor.got.map(({ body }) => gunzipSync(body).toString())).toEqual(bodies);
    expect(vendor.got[0]?.body.length).toBeLessThan(text.length / 5);
  });

  it('leaves small bodies as they are', async () => {
    const vendor = await plainVendor();
    await send(senderTo(vendor.origin, { gzip: true }), request(vendor.origin));
    expect(vendor.got[0]).toMatchObject({ body: Buffer.from('{"a":1}') });
    expect(vendor.got[0]?.headers).not.toHaveProperty('content-encoding');
  });

  it('sends nothing that was stopped while it was compressed', async () => {
    const vendor = await plainVendor();
    const sender = senderTo(vendor.origin, { gzip: true });
    const sent = send(
      sender,
      request(vendor.origin, '/', text),
      () => true,
      (sending) => sending.abort(),
    );
    expect(await sent).toEqual({ kind: 'withdrawn' });
    expect(vendor.got).toEqual([]);
  });
});
