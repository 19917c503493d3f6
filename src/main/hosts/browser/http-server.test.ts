import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Channel } from '#contract/channel.ts';
import { type BrowserServer, startBrowserServer } from './http-server.ts';
import { createSessions, type Sessions } from './sessions.ts';

let root: string;
let server: BrowserServer;
let sessions: Sessions;
const opened: { target: string; channel: Channel }[] = [];

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'sluice-renderer-'));
  mkdirSync(join(root, 'assets'));
  writeFileSync(join(root, 'index.html'), '<meta name="style-nonce" content="__STYLE_NONCE__">');
  writeFileSync(join(root, 'assets/app.js'), 'void 0;');
  writeFileSync(join(root, 'secrets.txt'), 'not for the page');
  opened.length = 0;
  sessions = createSessions();
  server = await startBrowserServer({
    root,
    sessions,
    onChannel: (target, channel) => void opened.push({ target, channel }),
    onDoor: () => ({ url: 'shown' }),
    onBug: (bug) => {
      throw bug;
    },
  });
});
afterEach(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** One request to the port itself; Host and Origin are ours unless told. */
function ask(method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> {
  const port = Number(server.site.host.split(':')[1]);
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers: { host: server.site.host, ...headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    outgoing.on('error', reject).end(body);
  });
}

const exchange = (token: string, headers: Record<string, string> = {}): Promise<Answer> =>
  ask('POST', '/session', { origin: server.site.origin, 'content-type': 'application/json', ...headers }, JSON.stringify({ token }));

async function newSession(): Promise<string> {
  const { session } = JSON.parse((await exchange(sessions.issueOneTime())).body);
  return session;
}

/** How a WebSocket ended or what it got; connects to the port with any Host and Origin. */
function connect(path: string, options: { host?: string; origin?: string; session?: string } = {}): Promise<string> {
  const port = Number(server.site.host.split(':')[1]);
  const protocols = ['sluice.v1', ...(options.session === undefined ? [] : [`sluice.session.${options.session}`])];
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, {
    headers: { host: options.host ?? server.site.host },
    origin: options.origin ?? server.site.origin,
  });
  return new Promise((resolve) => {
    socket.on('error', (error) => resolve(error.message));
    socket.on('close', (code, reason) => resolve(`${code} ${reason}`));
    socket.on('message', (data) => {
      resolve(String(data));
      socket.terminate();
    });
  });
}

describe('the page', () => {
  it('comes with the strict policy and a nonce of its own each time', async () => {
    const [first, second] = [await ask('GET', '/'), await ask('GET', '/')];
    const nonce = /content="([^"]+)"/.exec(first.body)?.[1];
    expect(first.headers['content-security-policy']).toBe(
      `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(second.body).not.toBe(first.body);
    expect(first.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    expect(first.headers['set-cookie']).toBeUndefined();
  });

  it('is served at any place inside it, and assets as what they are', async () => {
    expect((await ask('GET', '/destinations/hubspot')).body).toContain('style-nonce');
    expect((await ask('GET', '/assets/app.js')).headers['content-type']).toBe('text/javascript; charset=utf-8');
  });

  it.each([
    '/../package.json',
    '/%2e%2e/%2e%2e/etc/passwd.html',
    '/secrets.txt',
    '/%00.js',
    '/assets/none.js',
    '/..%5c..%5cx.js',
    '/%E0%A4%A',
  ])('has nothing at %s', async (path) => {
    expect((await ask('GET', path)).status).toBe(404);
  });

  it.each(['127.0.0.1', 'localhost', 'evil.example', '0000000000000000.localhost'])(
    'is not shown to a browser that calls us %s',
    async (name) => {
      const port = server.site.host.split(':')[1];
      expect((await ask('GET', '/', { host: `${name}:${port}` })).status).toBe(403);
    },
  );

  it.each(['//', '//evil.example/', '*', 'http://[', 'http://evil.example/'])('is not asked for by the target %s', async (target) => {
    expect((await ask('GET', target)).status).toBe(400);
  });

  it('takes GET and HEAD only', async () => {
    expect((await ask('DELETE', '/')).status).toBe(405);
    expect((await ask('HEAD', '/')).body).toBe('');
  });
});

describe('the one-time token', () => {
  it('is exchanged once for a session', async () => {
    const token = sessions.issueOneTime();
    const first = await exchange(token);
    expect(first.status).toBe(200);
    expect(JSON.parse(first.body)).toEqual({ session: expect.stringMatching(/^[\w-]{43}$/) });
    expect((await exchange(token)).status).toBe(401);
  });

  it('is refused to another origin, and then still unused', async () => {
    const token = sessions.issueOneTime();
    expect((await exchange(token, { origin: 'http://evil.example' })).status).toBe(403);
    expect((await exchange(token, { origin: 'null' })).status).toBe(403);
    expect((await exchange(token)).status).toBe(200);
  });

  it('is refused when it is unknown or not sent as it must be', async () => {
    expect((await exchange('x'.repeat(43))).status).toBe(401);
    for (const body of ['', '{', '[]', '{"token":1}', `{"token":"${'x'.repeat(10_000)}"}`]) {
      expect((await ask('POST', '/session', { origin: server.site.origin }, body)).status).toBe(400);
    }
  });

  it('is forgotten after ten minutes, and what carried it with it', () => {
    let now = 0;
    let isGone = false;
    const aged = createSessions(() => now);
    const token = aged.issueOneTime(() => {
      isGone = true;
    });
    now = 600_001;
    expect(aged.exchange(token)).toBeNull();
    expect(isGone).toBe(true);
  });
});

describe('a channel', () => {
  it('opens for a session and carries strings both ways', async () => {
    const answer = connect('/bridge/gateway/embedded', { session: await newSession() });
    await expect.poll(() => opened.length).toBe(1);
    expect(opened[0]?.target).toBe('gateway/embedded');
    opened[0]?.channel.post('{"hello":1}');
    expect(await answer).toBe('{"hello":1}');
  });

  it('tells a page whose session is not known why, by the close code', async () => {
    expect(await connect('/bridge/desk', { session: 'nobody' })).toBe('4401 AUTH_REQUIRED');
    expect(opened).toEqual([]);
  });

  it.each([
    ['another Origin', '/bridge/desk', { origin: 'http://evil.example' }, '403'],
    ['another Host', '/bridge/desk', { host: 'evil.example' }, '403'],
    ['no such target', '/bridge/other', {}, '404'],
    ['no path', '//', {}, '404'],
    ['a target that climbs', '/bridge/gateway/../desk/x', {}, '404'],
  ])('is refused at the door for %s', async (_what, path, options, status) => {
    expect(await connect(path, { session: await newSession(), ...options })).toContain(status);
    expect(opened).toEqual([]);
  });

  it('is refused without a session', async () => {
    expect(await connect('/bridge/desk')).toContain('401');
  });
});

describe('the door for a second start', () => {
  it('opens to the key of the owner file and to nobody else', async () => {
    expect(await ask('POST', '/door', { authorization: `Bearer ${server.doorKey}` })).toMatchObject({
      status: 200,
      body: '{"url":"shown"}',
    });
    expect((await ask('POST', '/door', { authorization: 'Bearer x' })).status).toBe(401);
    expect((await ask('POST', '/door')).status).toBe(401);
  });

  it('stays shut to a page, even with the key', async () => {
    expect((await ask('POST', '/door', { authorization: `Bearer ${server.doorKey}`, origin: server.site.origin })).status).toBe(403);
  });
});
