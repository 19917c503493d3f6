/**
 * The 60-second demo: simulated vendors, traffic through the official Segment SDK, and the real console on an
 * embedded gateway between them. Everything lies in a temporary folder that is removed at the end.
 * Arguments go to the console (`--no-open`, `--print-url`).
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePort } from '#tests/support/bench/free-port.ts';
import { createSimulator } from '#tests/support/simulator/simulator.ts';
import { startTraffic } from '#tests/support/traffic/sdk-traffic.ts';
import { demoConfig, demoEnvironment, demoWriteKeys } from './config.ts';
import { putDemoFlags } from './flags.ts';

const eventsPerSecond = 120;

const folder = await mkdtemp(join(tmpdir(), 'sluice-demo-'));
const simulator = await createSimulator({ keep: 'counts', apart: true });
const config = join(folder, 'sluice.yaml');
await writeFile(config, stringify(demoConfig(simulator)));
const ingestPort = await freePort();
const traffic = startTraffic({ host: `http://127.0.0.1:${ingestPort}`, writeKeys: demoWriteKeys, perSecond: eventsPerSecond });

const start = join(import.meta.dirname, '../../../scripts/start.mjs');
const args = [start, '--data', join(folder, 'data'), '--config', config, '--ingest-port', String(ingestPort), '--demo-url', simulator.url];
const consoleProcess = spawn(process.execPath, [...args, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, ...demoEnvironment },
});
process.stderr.write(
  `Demo: four simulated vendors at ${simulator.url}, ${eventsPerSecond} events a second to http://127.0.0.1:${ingestPort}.\n`,
);

void putDemoFlags(join(folder, 'data/gateway')).catch((error: unknown) => process.stderr.write(`Demo: no flags. ${String(error)}\n`));

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => consoleProcess.kill(signal));
consoleProcess.on('exit', async (code) => {
  await traffic.close();
  await simulator.close();
  await rm(folder, { recursive: true, force: true });
  process.exit(code ?? 0);
});
