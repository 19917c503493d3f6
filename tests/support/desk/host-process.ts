/** The browser host as a process, and a window at it that is a client of this one: no page needed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import type { Channel } from '#contract/channel.ts';
import { createWebSocketChannel } from '#contract/channels/websocket.ts';
import { createPeer, type Peer } from '#contract/peer.ts';
import { z } from '#contract/zod.ts';

const entry = join(import.meta.dirname, '../../../src/main/browser.ts');

export interface HostProcess extends AsyncDisposable {
  readonly process: ChildProcess;
  /** Where a page would be, with its one-time token. */
  readonly url: string;
  /** What host and gateway have logged so far. */
  log(): string;
  /** A peer over a channel of its own to `desk` or `gateway/<environment>`; `onFrame` sees all that crosses it. */
  connect(target: string, onFrame?: (frame: string) => void): Promise<Peer>;
}

/** Starts it from source. @param env in place of this process's own variables, PATH apart. */
export async function startHostProcess(args: readonly string[], env: Readonly<Record<string, string>>): Promise<HostProcess> {
  const child = spawn(process.execPath, [entry, '--print-url', ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (part) => {
    log += String(part);
  });
  const first = once(createInterface(child.stdout), 'line');
  const [line] = await Promise.race([first, once(child, 'exit').then(() => Promise.reject(new Error(`the host ended: ${log}`)))]);
  const { url } = z.object({ url: z.string() }).parse(JSON.parse(String(line)));
  const { origin, host, port, hash } = new URL(url);
  let session: Promise<string> | null = null;

  return {
    process: child,
    url,
    log: () => log,
    async connect(target, onFrame = () => {}) {
      session ??= exchange({ origin, host, port }, hash.slice('#token='.length));
      const protocols = ['sluice.v1', `sluice.session.${await session}`];
      const socket = new WebSocket(`ws://127.0.0.1:${port}/bridge/${target}`, protocols, { origin, headers: { host } });
      return createPeer({ channel: tapped(createWebSocketChannel(socket), onFrame) });
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

function tapped(channel: Channel, onFrame: (frame: string) => void): Channel {
  return {
    ...channel,
    post(frame) {
      onFrame(frame);
      channel.post(frame);
    },
    onFrame: (listener) =>
      channel.onFrame((frame) => {
        onFrame(frame);
        listener(frame);
      }),
  };
}

function exchange(site: { readonly origin: string; readonly host: string; readonly port: string }, token: string): Promise<string> {
  const headers = { host: site.host, origin: site.origin, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port: site.port, method: 'POST', path: '/session', headers }, (response) => {
      let text = '';
      response.on('data', (part) => {
        text += String(part);
      });
      response.on('end', () => resolve(z.object({ session: z.string() }).parse(JSON.parse(text)).session));
    });
    asking.on('error', reject).end(JSON.stringify({ token }));
  });
}
