/**
 * Runs `wrk`, a closed-loop load generator that leaves most of a core to the server. Its latencies hide stalls
 * (coordinated omission): take throughput from it, and tails from open-loop.ts.
 */
import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from '#contract/zod.ts';

const run = promisify(execFile);

export interface WrkOptions {
  readonly url: string;
  readonly seconds: number;
  readonly connections?: number;
  readonly threads?: number;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Lua expression for each request's body. `id()` gives an id never used before, on any thread or run;
   * `ids(n, before, after, separator)` joins n of `before .. id .. after`.
   */
  readonly bodyLua: string;
  /** Pins wrk to one core. */
  readonly core?: number;
}

const resultSchema = z.object({
  requests: z.number(),
  seconds: z.number(),
  bytes: z.number(),
  /** Connections refused, reset or timed out. */
  failed: z.number(),
  /** Answers above 399. */
  non2xx: z.number(),
  latencyMs: z.object({ p50: z.number(), p90: z.number(), p99: z.number(), max: z.number() }),
});
export type WrkResult = z.output<typeof resultSchema> & { readonly requestsPerSecond: number };

export function hasWrk(): boolean {
  // `wrk -v` prints its version and exits with 1.
  return spawnSync('wrk', ['-v']).error === undefined;
}

/** @throws when wrk cannot run or prints no result */
export async function runWrk(options: WrkOptions): Promise<WrkResult> {
  const { url, seconds, connections = 64, threads = 1, core } = options;
  const folder = await mkdtemp(join(tmpdir(), 'sluice-wrk-'));
  try {
    const script = join(folder, 'load.lua');
    await writeFile(script, luaScript(options));
    const args = ['-t', String(threads), '-c', String(connections), '-d', `${seconds}s`, '--timeout', '10s', '-s', script, url];
    const [command, all] = core === undefined ? ['wrk', args] : ['taskset', ['-c', String(core), 'wrk', ...args]];
    const { stdout } = await run(command, all, { maxBuffer: 1024 ** 2 });
    const line = stdout.split('\n').find((text) => text.startsWith('RESULT '));
    if (line === undefined) throw new Error(`wrk gave no result: ${stdout}`);
    const result = resultSchema.parse(JSON.parse(line.slice('RESULT '.length)));
    return { ...result, requestsPerSecond: result.requests / result.seconds };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function luaScript({ method = 'POST', headers = {}, bodyLua }: WrkOptions): string {
  const headerLines = Object.entries(headers).map(([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`);
  return `
local run = "${randomBytes(6).toString('hex')}"
local threads = 0
function setup(thread) thread:set("number", threads) threads = threads + 1 end
local count, prefix = 0, ""
function init() prefix = run .. "-" .. number .. "-" end
function id() count = count + 1 return prefix .. count end
function ids(n, before, after, separator)
  local parts = {}
  for i = 1, n do parts[i] = before .. id() .. after end
  return table.concat(parts, separator)
end
wrk.method = ${JSON.stringify(method)}
${headerLines.join('\n')}
function request() return wrk.format(nil, nil, nil, ${bodyLua}) end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"seconds":%.6f,"bytes":%d,"failed":%d,"non2xx":%d,"latencyMs":{"p50":%.3f,"p90":%.3f,"p99":%.3f,"max":%.3f}}\\n',
    summary.requests, summary.duration / 1e6, summary.bytes, errors.connect + errors.read + errors.write + errors.timeout, errors.status,
    latency:percentile(50) / 1e3, latency:percentile(90) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3))
end
`;
}
