/**
 * Telemetry of 200 destinations to 20 consoles: from the tick's close to its receipt, against a bare `ws` server that
 * sends as many bytes to as many clients as often. Both run at once, half a second apart, so each second is a pair.
 */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Channel } from '#contract/channel.ts';
import { createWebSocketChannel } from '#contract/channels/websocket.ts';
import { topics } from '#contract/operations/topics.ts';
import { createPeer, type Peer } from '#contract/peer.ts';
import { type BenchGateway, startGateway } from '#tests/support/bench/gateway.ts';
import { type BenchOptions, type BenchReport, note } from '#tests/support/bench/report.ts';
import { startServer } from '#tests/support/bench/server.ts';
import { percentile, roundTo, summary } from '#tests/support/bench/stats.ts';
import { fleetEnv, spreadConfig, startSink } from './fleet.ts';

const destinations = 200;
const sources = 25;
const consoles = 20;
/** So that ticks have something to say: each event goes to eight destinations. */
const eventsPerSecond = 50;
const serverCore = 0;
const clientCore = 1;
/** Each console is a machine of its own: what it does with a tick must not delay the next one's receipt. */
const digestAfterMs = 60;
const digestSpacingMs = 15;

interface Receipts {
  /** From the close of the window to the frame at the client, ms. */
  readonly ms: number[];
  chars: number;
  /** Pushes that were left out because a client was slow. */
  dropped: number;
}

const epochNow = () => performance.timeOrigin + performance.now();

export async function run({ quick }: BenchOptions): Promise<BenchReport> {
  const rounds = quick ? 1 : 6;
  const seconds = quick ? 5 : 15;
  await using sink = await startSink(clientCore);
  const config = spreadConfig(String(sink.ready.url), destinations, sources);
  await using gateway = await startGateway({ config, env: fleetEnv, core: serverCore, readyTimeoutMs: 60_000 });
  const args = ['--url', gateway.ingestUrl, '--per-second', String(eventsPerSecond), '--sources', String(sources)];
  await using load = await startServer({ args: [join(import.meta.dirname, 'load-server.ts'), ...args], core: clientCore });
  const ours: Receipts = { ms: [], chars: 0, dropped: 0 };
  const peers = Array.from({ length: consoles }, (_, index) => openConsole(gateway, index, ours));
  await Promise.all(peers.map((peer) => peer.ready));
  await wait(3000);
  await using raw = await startServer({
    args: [join(import.meta.dirname, 'raw-feed-server.ts'), '--chars', String(ours.chars)],
    core: serverCore,
  });
  const floor: Receipts = { ms: [], chars: 0, dropped: 0 };
  const sockets = Array.from({ length: consoles }, () => openRaw(String(raw.ready.url), floor));
  await wait(1500);

  const pairs: { readonly ours: number; readonly floor: number; readonly ratio: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.ms.length = 0;
    floor.ms.length = 0;
    await wait(seconds * 1000);
    const [a, b] = [percentile(ours.ms, 0.99), percentile(floor.ms, 0.99)];
    pairs.push({ ours: roundTo(a, 2), floor: roundTo(b, 2), ratio: roundTo(a / b, 2) });
    note(`round ${round + 1}: p99 ${roundTo(a, 2)} / ${roundTo(b, 2)} ms = ${roundTo(a / b, 2)}`);
  }
  const last = { ours: rounded(ours.ms), floor: rounded(floor.ms) };
  for (const peer of peers) peer.close();
  for (const socket of sockets) socket.close();
  if (load.stderrTail() !== '') throw new Error(`void: ${load.stderrTail()}`);
  return {
    name: 'stream',
    figures: [
      {
        id: 'ratio',
        value: percentile(
          pairs.map((pair) => pair.ratio),
          0.5,
        ),
        unit: 'ratio',
        better: 'lower',
        must: 3,
        aim: 1.5,
      },
    ],
    rounds,
    detail: {
      p99Ms: pairs,
      lastRoundMs: last,
      charsATick: ours.chars,
      dropped: ours.dropped,
      load: `${eventsPerSecond} events/s, each to ${destinations / sources} of ${destinations} destinations`,
      clock: 'whole milliseconds on both sides, as ticks carry them',
      placement: 'gateway and bare server on one core; 20 clients of each, vendors and load on the other',
    },
  };
}

const rounded = (values: readonly number[]) =>
  Object.fromEntries(Object.entries(summary(values)).map(([name, value]) => [name, roundTo(value, 2)]));

/** A console as it is, but for its haste: frames are stamped as they come, and digested a little later, one console after another. */
function openConsole({ controlUrl, token }: BenchGateway, index: number, receipts: Receipts): Peer {
  const socket = new WebSocket(controlUrl, ['sluice.v1', `sluice.token.${token}`, 'sluice.client.bench']);
  const channel = createWebSocketChannel(socket);
  const digestLater: Channel = {
    ...channel,
    onFrame: (listener) =>
      channel.onFrame((text) => {
        const at = /^\{"t":"evt".{0,60}"items":\[\{"at":(\d+)/.exec(text)?.[1];
        if (at === undefined) return listener(text);
        receipts.ms.push(epochNow() - Number(at));
        receipts.chars = text.length;
        setTimeout(() => listener(text), digestAfterMs + index * digestSpacingMs);
      }),
  };
  const peer = createPeer({ channel: digestLater });
  peer.subscribe(
    topics['telemetry.tick'],
    {},
    {
      onItems(_, { dropped }) {
        receipts.dropped += dropped;
      },
    },
  );
  return peer;
}

function openRaw(url: string, receipts: Receipts): WebSocket {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.addEventListener('message', ({ data }) => {
    const text = String(data);
    receipts.ms.push(epochNow() - Number(text.slice(0, 13)));
    receipts.chars = text.length;
  });
  return socket;
}
