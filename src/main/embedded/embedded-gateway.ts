/**
 * Keeps the embedded gateway running. It is a process of its own, so that it outlives a bug of
 * the console's views and dies alone when it has one.
 *
 *   stopped ──start──▶ starting ──ready line──▶ running
 *                         ▲                        │ exit
 *                         └──── waiting ◀──────────┘   (backoff; reset once it ran for a while)
 *
 * The ports it got at first are asked for again after a restart: apps go on sending to the same
 * address.
 */
import { randomBytes } from 'node:crypto';
import { type Secret, secret } from '#contract/secret.ts';
import { z } from '#contract/zod.ts';
import { createBackoff } from '../desk/backoff.ts';
import type { GatewayProcess, SpawnGateway } from './gateway-process.ts';

export type EmbeddedState =
  | { readonly phase: 'stopped'; readonly why: string }
  | { readonly phase: 'starting'; readonly why: string }
  | { readonly phase: 'running'; readonly ingest: string; readonly control: string; readonly token: Secret }
  | { readonly phase: 'waiting'; readonly why: string };

export interface EmbeddedOptions {
  readonly spawn: SpawnGateway;
  readonly dataFolder: string;
  /** 0 takes any free port. */
  readonly ingestPort: number;
  readonly controlPort: number;
  /** Configuration file handed to the gateway. */
  readonly configFile?: string | undefined;
  readonly random?: () => number;
}

export interface EmbeddedGateway {
  state(): EmbeddedState;
  onChange(listener: () => void): void;
  start(): void;
  /** Starts it now, whatever it waits for; a running one is stopped in order first. */
  restart(): void;
  /** SIGKILL, for the demo; it comes back by itself. False when it is not running. */
  kill(): boolean;
  /** Stops it in order, and after `stopDeadlineMs` the hard way. Resolves when it has ended. */
  stop(): Promise<void>;
}

const readySchema = z.looseObject({
  ready: z.literal(true),
  ingest: z.url({ protocol: /^https?$/ }),
  control: z.url({ protocol: /^wss?$/ }),
});
/** How a gateway that cannot start says why, on stderr: `CODE: what happened, what to do`. Everything else there is its log. */
const failurePattern = /^([A-Z]+_[A-Z_]+): (.+)$/;

const firstWaitMs = 250;
const maxWaitMs = 10_000;
/** Having run for so long, its next crash is a new one. */
const steadyMs = 30_000;
const stopDeadlineMs = 15_000;

export function createEmbeddedGateway(options: EmbeddedOptions): EmbeddedGateway {
  const backoff = createBackoff({ firstMs: firstWaitMs, maxMs: maxWaitMs, ...(options.random ? { random: options.random } : {}) });
  const listeners: (() => void)[] = [];
  let state: EmbeddedState = { phase: 'stopped', why: 'not started' };
  let child: GatewayProcess | null = null;
  let ports = { ingest: options.ingestPort, control: options.controlPort };
  let retry: NodeJS.Timeout | undefined;
  let steady: NodeJS.Timeout | undefined;
  let afterExit: (() => void) | null = null;

  function become(next: EmbeddedState): void {
    state = next;
    for (const listener of listeners) listener();
  }

  function launch(): void {
    clearTimeout(retry);
    const token = secret(randomBytes(32).toString('base64url'));
    const running = options.spawn(gatewayArgs(options, ports));
    child = running;
    let failure = '';
    running.onLogLine((line) => {
      const [, code, words] = failurePattern.exec(line) ?? [];
      if (words === undefined) return;
      failure = words;
      // Somebody took the port meanwhile; where any port will do, another is taken.
      if (code === 'PORT_IN_USE') ports = { ingest: options.ingestPort, control: options.controlPort };
    });
    running.onLine((line) => {
      const ready = parseReady(line);
      if (!ready || child !== running) return;
      ports = { ingest: portOf(ready.ingest), control: portOf(ready.control) };
      steady = setTimeout(() => backoff.reset(), steadyMs);
      become({ phase: 'running', ingest: ready.ingest, control: ready.control, token });
    });
    running.onExit((how) => ended(failure || `The gateway ended (${how}).`));
    running.send(JSON.stringify({ token: token.reveal() }));
    become({ phase: 'starting', why: 'The gateway is starting.' });
  }

  function ended(why: string): void {
    child = null;
    clearTimeout(steady);
    if (afterExit) {
      const next = afterExit;
      afterExit = null;
      next();
      return;
    }
    retry = setTimeout(launch, backoff.next());
    become({ phase: 'waiting', why: `${why} It is started again.` });
  }

  /** Closes its channel and, should it not end by that, kills it. */
  function endInOrder(ending: GatewayProcess, next: () => void): void {
    const hard = setTimeout(() => ending.kill(), stopDeadlineMs);
    afterExit = () => {
      clearTimeout(hard);
      next();
    };
    ending.close();
  }

  return {
    state: () => state,
    onChange: (listener) => void listeners.push(listener),
    start() {
      if (!child && state.phase !== 'waiting') launch();
    },
    restart() {
      backoff.reset();
      if (child) endInOrder(child, launch);
      else launch();
    },
    kill() {
      child?.kill();
      return child !== null;
    },
    stop() {
      clearTimeout(retry);
      return new Promise((resolve) => {
        const done = (): void => {
          become({ phase: 'stopped', why: 'The gateway was stopped.' });
          resolve();
        };
        if (child) endInOrder(child, done);
        else done();
      });
    },
  };
}

function gatewayArgs({ dataFolder, configFile }: EmbeddedOptions, ports: { ingest: number; control: number }): readonly string[] {
  const args = [
    '--data',
    dataFolder,
    '--ingest-port',
    String(ports.ingest),
    '--control-port',
    String(ports.control),
    '--embedded',
    '--token-stdin',
  ];
  return configFile ? [...args, '--config', configFile] : args;
}

function parseReady(line: string): z.output<typeof readySchema> | null {
  try {
    return readySchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port === '' ? (protocol === 'http:' || protocol === 'ws:' ? 80 : 443) : Number(port);
}
