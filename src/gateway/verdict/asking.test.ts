/** Real sockets: what a probe and a reading of a page meet. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { addressOf, connectProbe, controlAddressOf } from './connect-probe.ts';
import { createFeedFetcher } from './feed/fetch-feed.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    const closed = once(server, 'close');
    server.close();
    if ('closeAllConnections' in server && typeof server.closeAllConnections === 'function') server.closeAllConnections();
    await closed;
  }
});

async function open(server: Server): Promise<string> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}
const web = async (listener: RequestListener) => `http://${await open(createServer(listener))}`;
const nothingKnown = { etag: null, lastModified: null };

async function fetched(url: string) {
  const fetcher = createFeedFetcher();
  try {
    return await fetcher.fetch(url, nothingKnown);
  } finally {
    await fetcher.close();
  }
}

describe('a connection', () => {
  it('reaches what listens, and says nothing to it', async () => {
    const heard: Buffer[] = [];
    const address = await open(createTcpServer((socket) => socket.on('data', (chunk) => heard.push(chunk)).on('error', () => {})));
    expect(await connectProbe(controlAddressOf(address))).toEqual({ kind: 'reached', via: 'connect', detail: '' });
    expect(heard).toEqual([]);
  });

  it('does not reach what does not listen, and says why', async () => {
    const server = createTcpServer();
    const address = await open(server);
    servers.pop();
    server.close();
    await once(server, 'close');
    expect(await connectProbe(controlAddressOf(address))).toEqual({ kind: 'unreachable', via: 'connect', detail: 'ECONNREFUSED' });
  });

  it('is not made where TLS is not spoken', async () => {
    const address = await open(
      createTcpServer((socket) =>
        socket
          .on('error', () => {})
          .resume()
          .end('HTTP/1.1 400 Bad Request\r\n\r\n'),
      ),
    );
    expect(await connectProbe({ ...controlAddressOf(address), isTls: true })).toMatchObject({ kind: 'unreachable' });
  });

  it('goes to the port of the scheme unless another is named', () => {
    expect(addressOf('https://api.vendor.example')).toEqual({ host: 'api.vendor.example', port: 443, isTls: true });
    expect(addressOf('http://[::1]:8080')).toEqual({ host: '::1', port: 8080, isTls: false });
    expect(controlAddressOf('[::1]:53')).toEqual({ host: '::1', port: 53, isTls: false });
  });
});

describe('reading a page', () => {
  it('stops at one megabyte', async () => {
    const url = await web((_, response) => {
      response.on('error', () => {});
      const chunk = 'x'.repeat(65_536);
      const write = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', write);
      write();
    });
    expect(await fetched(url)).toMatchObject({ kind: 'failed', problem: 'it is larger than 1 MiB' });
  });

  it('follows no redirect', async () => {
    const paths: (string | undefined)[] = [];
    const url = await web((request, response) => {
      paths.push(request.url);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect(await fetched(`${url}/page`)).toMatchObject({
      kind: 'failed',
      problem: 'HTTP 302: it has moved, and redirects are not followed',
    });
    expect(paths).toEqual(['/page']);
  });

  it('heeds Retry-After, and quotes no address', async () => {
    const url = await web((_, response) => response.writeHead(429, { 'retry-after': '120' }).end());
    expect(await fetched(url)).toEqual({ kind: 'failed', problem: 'HTTP 429', retryAfterMs: 120_000 });
    const gone = await fetched('http://127.0.0.1:1/?token=abc');
    expect(gone).toMatchObject({ kind: 'failed' });
    expect(JSON.stringify(gone)).not.toContain('token');
  });

  it('is without cookies, credentials and compression', async () => {
    let headers: unknown;
    const url = await web((request, response) => {
      headers = request.headers;
      response.end('{}');
    });
    await fetched(url);
    expect(headers).toMatchObject({ 'accept-encoding': 'identity', 'user-agent': 'sluice' });
    expect(headers).not.toHaveProperty('authorization');
    expect(headers).not.toHaveProperty('if-none-match');
  });
});
