/** Starts a server as a child process and waits until it says, in one JSON line on stdout, that it is ready. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface ServerOptions {
  /** Arguments for Node: the program and its own. */
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Pins all its threads to one core (Linux `taskset`). */
  readonly core?: number;
  readonly readyTimeoutMs?: number;
}

export interface RunningServer extends AsyncDisposable {
  /** The ready line, parsed. */
  readonly ready: Readonly<Record<string, unknown>>;
  readonly pid: number;
  /** The last lines it wrote to stderr. */
  stderrTail(): string;
  /** Ends it and waits for its end: its exit code, or null where a signal ended it. Default SIGTERM, and SIGKILL after 5 s. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** @throws when it ends or stays silent before it is ready; the message carries its stderr. */
export async function startServer({ args, env, core, readyTimeoutMs = 15_000 }: ServerOptions): Promise<RunningServer> {
  const pinned = core !== undefined && process.platform === 'linux';
  const [command, commandArgs] = pinned ? ['taskset', ['-c', String(core), process.execPath, ...args]] : [process.execPath, [...args]];
  const child = spawn(command, commandArgs, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let tail = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-4000);
  });
  const stop = (signal?: NodeJS.Signals) => end(child, signal);
  try {
    const ready = await firstReadyLine(child, child.stdout, readyTimeoutMs);
    child.stdout.resume();
    return { ready, pid: child.pid ?? 0, stderrTail: () => tail, stop, [Symbol.asyncDispose]: async () => void (await stop()) };
  } catch (cause) {
    await stop('SIGKILL');
    throw new Error(`${args.join(' ')} did not become ready. ${tail}`, { cause });
  }
}

async function firstReadyLine(child: ChildProcess, stdout: NodeJS.ReadableStream, timeoutMs: number): Promise<Record<string, unknown>> {
  const lines = createInterface({ input: stdout });
  const deadline = AbortSignal.timeout(timeoutMs);
  const ended = new AbortController();
  child.once('exit', (code, signal) => ended.abort(new Error(`it ended with ${signal ?? code}`)));
  child.once('error', (error) => ended.abort(error));
  const line = new Promise<Record<string, unknown>>((resolve) => {
    lines.on('line', (text) => {
      const parsed = parseReady(text);
      if (parsed) resolve(parsed);
    });
  });
  const signal = AbortSignal.any([deadline, ended.signal]);
  const aborted = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
  try {
    return await Promise.race([line, aborted]);
  } finally {
    lines.close();
  }
}

function parseReady(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'ready' in value && value.ready === true ? { ...value } : null;
  } catch {
    return null;
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return child.exitCode;
  const gone = once(child, 'exit');
  child.kill(signal);
  const force = setTimeout(() => child.kill('SIGKILL'), 5000);
  await gone;
  clearTimeout(force);
  return child.exitCode;
}
