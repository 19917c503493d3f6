import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { closeAll, http2Vendor, request, send, senderTo, tlsVendor, trusted } from '#tests/support/tls/sending.ts';

afterEach(closeAll);

describe('HTTP/2', () => {
  const over2 = { ...trusted, http2: true };

  it('carries all requests of a lane on one connection', async () => {
    const vendor = await http2Vendor();
    const sender = senderTo(vendor.origin, over2);
    const sent = await Promise.all(Array.from({ length: 16 }, (_, index) => send(sender, request(vendor.origin, `/${index}`))));
    expect(sent.every(({ kind }) => kind === 'answer')).toBe(true);
    expect(new Set(vendor.got.map(({ path }) => path)).size).toBe(16);
    expect({ connections: vendor.connections(), sockets: sender.sockets, protocol: sender.protocol }).toEqual({
      connections: 1,
      sockets: 1,
      protocol: 'h2',
    });
    expect(sent[0]).toMatchObject({ response: { status: 200, body: 'thanks', headers: { 'content-type': 'text/plain' } } });
  });

  it('opens a further connection rather than queue where the vendor takes fewer at once', async () => {
    const vendor = await http2Vendor({ maxStreams: 2 });
    const waiting: (() => void)[] = [];
    const sender = senderTo(vendor.origin, over2);
    vendor.answer = (response) => {
      waiting.push(() => response.writeHead(200).end());
      if (waiting.length === 6) for (const answer of waiting) answer();
    };
    const sent = await Promise.all(Array.from({ length: 6 }, () => send(sender, request(vendor.origin))));
    expect(sent.every(({ kind }) => kind === 'answer')).toBe(true);
    expect(vendor.connections()).toBe(3);
  });

  it('falls back to HTTP/1.1 on the connection that it has', async () => {
    const vendor = await tlsVendor();
    const sender = senderTo(vendor.origin, over2);
    expect(await send(sender, request(vendor.origin))).toMatchObject({ kind: 'answer' });
    // undici takes a turn to see that the connection is free again.
    await new Promise((resolve) => setImmediate(resolve));
    expect(await send(sender, request(vendor.origin))).toMatchObject({ kind: 'answer' });
    expect({ connections: vendor.connections(), protocol: sender.protocol }).toEqual({ connections: 1, protocol: 'http/1.1' });
  });

  it('writes no byte of a request that a switch stopped while it was connecting', async () => {
    const vendor = await http2Vendor();
    const sender = senderTo(vendor.origin, over2);
    expect(await send(sender, request(vendor.origin), () => false)).toEqual({ kind: 'withdrawn' });
    const aborted = send(
      senderTo(vendor.origin, over2),
      request(vendor.origin),
      () => true,
      (sending) => sending.abort(),
    );
    expect(await aborted).toEqual({ kind: 'withdrawn' });
    expect(await send(sender, request(vendor.origin, '/after'))).toMatchObject({ kind: 'answer' });
    expect(vendor.got.map(({ path }) => path)).toEqual(['/after']);
  });

  it('knows what a vendor that says goodbye has not handled: that is unsent, and the rest uncertain', async () => {
    const vendor = await http2Vendor();
    const sender = senderTo(vendor.origin, over2);
    await send(sender, request(vendor.origin));
    let begun: ServerResponse | null = null;
    vendor.answer = (response, { path }) => {
      if (path !== '/handled') return;
      begun = response;
      // Knows nothing beyond the second stream of the connection (ids 1 and 3).
      vendor.sessions[0]?.goaway(0, 3);
    };
    const handled = send(sender, request(vendor.origin, '/handled'));
    const ignored = send(sender, request(vendor.origin, '/ignored'));
    expect(await ignored).toMatchObject({ kind: 'unsent', detail: 'the vendor is closing the connection' });
    (begun as ServerResponse | null)?.writeHead(200).end();
    expect(await handled).toMatchObject({ kind: 'answer' });
    vendor.answer = (response) => void response.writeHead(200).end();
    expect(await send(sender, request(vendor.origin, '/again'))).toMatchObject({ kind: 'answer' });
    expect(vendor.connections()).toBe(2);
  });

  it('gives no verdict to what was cut off, and none to what took too long', async () => {
    const vendor = await http2Vendor();
    const sender = senderTo(vendor.origin, over2, { timeoutMs: 300 });
    vendor.answer = () => void vendor.sessions[0]?.destroy();
    expect(await send(sender, request(vendor.origin))).toMatchObject({ kind: 'uncertain' });
    vendor.answer = () => undefined;
    expect(await send(sender, request(vendor.origin))).toEqual({ kind: 'uncertain', detail: 'no verdict: HEADERS_TIMEOUT' });
    vendor.answer = (response) => void response.writeHead(200).end();
    expect(await send(sender, request(vendor.origin))).toMatchObject({ kind: 'answer' });
    // Neither connection is used again.
    expect(vendor.connections()).toBe(3);
  });

  it('aborts what flies when told to, and only that', async () => {
    const vendor = await http2Vendor();
    const sender = senderTo(vendor.origin, over2);
    let stop = () => {};
    vendor.answer = (response, { path }) => {
      if (path === '/stop') stop();
      else response.writeHead(200).end();
    };
    const stopped = send(
      sender,
      request(vendor.origin, '/stop'),
      () => true,
      (sending) => {
        stop = () => sending.abort();
      },
    );
    expect(await stopped).toEqual({ kind: 'uncertain', detail: 'aborted after the drain deadline' });
    expect(await send(sender, request(vendor.origin))).toMatchObject({ kind: 'answer' });
    expect(vendor.connections()).toBe(1);
  });
});
