/**
 * Telemetry of 200 destinations to 20 consoles over the real contract, against a bare ws server that sends as many
 * bytes as often: p99 of the time from the tick's stamp to its receipt at a console, parsed.
 */

import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { topics } from '#contract/operations/topics.ts';
import { z } from '#contract/zod.ts';
import { startGateway } from '#tests/support/bench/gateway.ts';
import { type BenchOptions, type BenchReport, note } from '#tests/support/bench/report.ts';
import { startServer } from '#tests/support/bench/server.ts';
import { percentile, roundTo } from '#tests/support/bench/stats.ts';
import { connectControl } from '#tests/support/gateway/control-client.ts';
import { fleetConfig, fleetEnv, startSink } from './fleet.ts';

const destinations = 200;
const consoles = 20;
const stamped = z.looseObject({ at: z.number() });

export async function run({ quick }: BenchOptions): Promise<BenchReport> {
  const seconds = quick ? 8 : 60;
  await using sink = await startSink(1);
  await using gateway = await startGateway({
    config: fleetConfig(String(sink.ready.url), destinations),
    env: fleetEnv,
    core: 0,
    readyTimeoutMs: 60_000,
  });
  const ours: number[] = [];
  let bytes = 0;
  const clients = Array.from({ length: consoles }, () => connectControl(gateway.controlUrl, gateway.token));
  for (const [index, { peer }] of clients.entries()) {
    peer.subscribe(
      topics['telemetry.tick'],
      {},
      {
        onItems(items) {
          for (const tick of items) {
            ours.push(Date.now() - tick.at);
            if (index === 0) bytes = JSON.stringify(tick).length;
          }
        },
      },
    );
  }
  while (bytes === 0) await wait(50);
  await using floor = await startServer({ args: [join(import.meta.dirname, 'stream-server.ts'), '--bytes', String(bytes)], core: 0 });
  const bare: number[] = [];
  const sockets = Array.from({ length: consoles }, () => new WebSocket(String(floor.ready.url), { perMessageDeflate: false }));
  for (const socket of sockets) socket.on('message', (data) => bare.push(Date.now() - stamped.parse(JSON.parse(String(data))).at));
  await wait(3000);
  ours.length = 0;
  bare.length = 0;
  note(`${bytes} bytes a tick to ${consoles} consoles for ${seconds} s`);
  await wait(seconds * 1000);
  const [oursP99, bareP99] = [percentile(ours, 0.99), percentile(bare, 0.99)];
  for (const socket of sockets) socket.close();
  for (const client of clients) await client[Symbol.asyncDispose]();
  return {
    name: 'stream',
    figures: [{ id: 'ratio', value: roundTo(oursP99 / Math.max(1, bareP99), 2), unit: 'ratio', better: 'lower', must: 3, aim: 1.5 }],
    rounds: seconds,
    detail: {
      oursP99Ms: oursP99,
      bareP99Ms: bareP99,
      oursN: ours.length,
      bareN: bare.length,
      tickBytes: bytes,
      note: 'both at once in one run, on the same core, each on the full second; receivers share one process',
    },
  };
}
