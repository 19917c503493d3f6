/** The built browser host with its embedded gateway, on a data folder and a keychain of a test's own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stringify } from 'yaml';
import { z } from '#contract/zod.ts';
import { freePort } from '#tests/support/bench/free-port.ts';
import { childrenOf, publicFaceOf } from './processes.ts';

/** What the gateway's configuration file declares. */
export type GatewayConfig = Readonly<Record<'sources' | 'destinations', readonly Readonly<Record<string, unknown>>[]>> & {
  readonly settings?: Readonly<Record<string, unknown>>;
};

export interface ConsoleHostOptions {
  /** Environment of the host: that of a test's keychain. */
  readonly env: Readonly<Record<string, string>>;
  /** Absent: started as a stranger would, with nothing. */
  readonly config?: GatewayConfig;
  readonly args?: readonly string[];
}

export interface ConsoleHost extends AsyncDisposable {
  readonly pid: number;
  /** Data folder and configuration file lie in it. */
  readonly folder: string;
  /** Base URL of the embedded gateway's ingest. */
  readonly ingestUrl: string;
  /** Address of a window, with its one-time token. */
  readonly url: string;
  /** Everything that host and gateway wrote to stdout and stderr. */
  output(): string;
  /** Process id of the gateway that runs now; null while there is none. */
  gatewayPid(): number | null;
  /** Writes the configuration file anew: the gateway reads it when it starts. Text that is no configuration keeps it from starting. */
  writeConfig(config: GatewayConfig | string): Promise<void>;
}

const entry = join(import.meta.dirname, '../../../out/node/main/browser.js');
const lineSchema = z.object({ url: z.string() });

export async function startConsoleHost({ env, config, args = [] }: ConsoleHostOptions): Promise<ConsoleHost> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-console-'));
  const configFile = join(folder, 'sluice.yaml');
  const ingestPort = await freePort();
  const writeConfig = (content: GatewayConfig | string) =>
    writeFile(configFile, typeof content === 'string' ? content : stringify(content));
  if (config) await writeConfig(config);
  await mkdir(join(folder, 'data'), { mode: 0o700 });
  const child = spawn(
    process.execPath,
    [
      entry,
      ...['--data', join(folder, 'data'), '--ingest-port', String(ingestPort), '--print-url'],
      ...(config ? ['--config', configFile] : []),
      ...args,
    ],
    { env: { ...env, ...marks() }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const stop = async (): Promise<void> => {
    await end(child);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const { url } = lineSchema.parse(JSON.parse(await firstLine(child)));
    const pid = child.pid ?? 0;
    return {
      pid,
      folder,
      ingestUrl: `http://127.0.0.1:${ingestPort}`,
      url,
      output: () => output,
      gatewayPid: () => childrenOf(pid).find((each) => publicFaceOf(each).includes('--token-stdin')) ?? null,
      writeConfig,
      [Symbol.asyncDispose]: stop,
    };
  } catch (cause) {
    await stop();
    throw new Error(`the console did not start: ${output}`, { cause });
  }
}

/** By these marks `npm test` finds what a test left behind. */
function marks(): Record<string, string> {
  const run = process.env.SLUICE_TEST_RUN;
  return run === undefined ? {} : { SLUICE_TEST_RUN: run };
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('no stdout');
  const [line] = await Promise.race([
    once(createInterface(child.stdout), 'line'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`it ended with ${code}`))),
  ]);
  return String(line);
}

const hardStopMs = 20_000;

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), hardStopMs);
  await ended;
  clearTimeout(timer);
}
