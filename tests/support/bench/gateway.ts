/** A headless gateway in a process of its own, on a data folder of its own, for benches. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { stringify } from 'yaml';
import { ledgerRead } from '#contract/operations/watching.ts';
import { z } from '#contract/zod.ts';
import { type RunningServer, startServer } from './server.ts';

export type GatewayLedger = z.output<(typeof ledgerRead)['output']>;

export interface GatewayOptions {
  /** What the YAML file declares: `sources`, `destinations`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** An existing data folder, kept afterwards. Default: a new one, removed at the end. */
  readonly dataFolder?: string;
  /** Its files lie in memory where there is a folder for that: for what the stalls of a shared machine's disk would drown. */
  readonly isInMemory?: boolean;
  readonly env?: NodeJS.ProcessEnv;
  readonly args?: readonly string[];
  readonly core?: number;
  readonly readyTimeoutMs?: number;
  /** Do not wait until it takes events: after a restart it delivers before it knows all message ids again. */
  readonly isReadyEnough?: 'delivers';
}

export interface BenchGateway extends AsyncDisposable {
  /** Base URL of ingest, without a trailing slash. */
  readonly ingestUrl: string;
  /** WebSocket URL of the control port. */
  readonly controlUrl: string;
  readonly token: string;
  readonly dataFolder: string;
  readonly server: RunningServer;
  /** The exact ledger, from the control port. @throws when it cannot be read */
  ledger(): Promise<GatewayLedger>;
}

const readySchema = z.object({ ready: z.literal(true), ingest: z.string(), control: z.string() });
/** What is released: it starts in half the time of its sources. `npm test` and `npm run bench` bring it up to date. */
const builtProgram = join(import.meta.dirname, '../../../out/node/gateway/index.js');

/** A folder that is on no disk (Linux), or the temporary one. */
export const memoryFolder = (): string => (existsSync('/dev/shm') ? '/dev/shm' : tmpdir());

export async function startGateway(options: GatewayOptions): Promise<BenchGateway> {
  const folder = await mkdtemp(join(options.isInMemory ? memoryFolder() : tmpdir(), 'sluice-bench-'));
  const dataFolder = options.dataFolder ?? join(folder, 'data');
  const configFile = join(folder, 'sluice.yaml');
  await writeFile(configFile, stringify(options.config));
  const token = randomBytes(24).toString('hex');
  const remove = () => rm(folder, { recursive: true, force: true });
  const server = await startServer({
    args: [
      ...profiling(),
      builtProgram,
      '--data',
      dataFolder,
      '--config',
      configFile,
      '--ingest-port',
      '0',
      '--control-port',
      '0',
      ...(options.args ?? []),
    ],
    env: { SLUICE_TOKEN: token, ...options.env },
    ...(options.core === undefined ? {} : { core: options.core }),
    ...(options.readyTimeoutMs === undefined ? {} : { readyTimeoutMs: options.readyTimeoutMs }),
  }).catch(async (error) => {
    await remove();
    throw error;
  });
  const { ingest, control } = readySchema.parse(server.ready);
  if (options.isReadyEnough !== 'delivers') await takesEvents(control);
  return {
    ingestUrl: ingest.replace(/\/$/, ''),
    controlUrl: control,
    token,
    dataFolder,
    server,
    ledger: () => readLedger(control, token),
    async [Symbol.asyncDispose]() {
      await server.stop();
      await remove();
    },
  };
}

/** Options for Node itself, to profile a gateway under a bench: `SLUICE_BENCH_NODE="--cpu-prof --cpu-prof-dir=/tmp/p"`. */
const profiling = () => process.env.SLUICE_BENCH_NODE?.split(' ') ?? [];

/** Waits until /readyz agrees. */
async function takesEvents(controlUrl: string): Promise<void> {
  const url = new URL('/readyz', controlUrl.replace(/^ws/, 'http'));
  while ((await fetch(url)).status !== 200) await wait(20);
}

async function readLedger(controlUrl: string, token: string): Promise<GatewayLedger> {
  const url = new URL('/v1/ledger', controlUrl.replace(/^ws/, 'http'));
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`the ledger answered ${response.status}`);
  return ledgerRead.output.parse(await response.json());
}

/** The ledger once it holds what was acknowledged: the counts of sources are brought up to date once a second. Gives up after 5 s. */
export async function caughtUpLedger(gateway: BenchGateway, acknowledged: number): Promise<GatewayLedger> {
  const deadline = performance.now() + 5000;
  let ledger = await gateway.ledger();
  while (accepted(ledger) < acknowledged && performance.now() < deadline) {
    await wait(200);
    ledger = await gateway.ledger();
  }
  return ledger;
}

/** What is wrong with a run's ledger, in words; empty when it balances and holds all that was acknowledged. */
export function ledgerProblems(ledger: GatewayLedger, acknowledged: number): string[] {
  const missing = ledger.ledgers.filter((one) => one.total < acknowledged);
  return [
    ...ledger.sources.filter((source) => !source.balanced).map((source) => `source ${source.source} does not balance`),
    ...ledger.ledgers.filter((one) => !one.balanced).map((one) => `${one.destination}: ${one.violations.join('; ')}`),
    ...missing.map((one) => `${one.destination} knows of ${one.total} events, ${acknowledged} were acknowledged`),
    ...(accepted(ledger) < acknowledged ? [`sources accepted ${accepted(ledger)} events, ${acknowledged} were acknowledged`] : []),
  ];
}

function accepted({ sources }: GatewayLedger): number {
  return sources.reduce((sum, source) => sum + source.accepted, 0);
}
