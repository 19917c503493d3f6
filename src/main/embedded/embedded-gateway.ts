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

import { createBackoff } from '#contract/backoff.ts';
import type { Secret } from '#contract/secret.ts';
import type { GatewayProcess } from './gateway-process.ts';
import { type LaunchOptions, launchGateway } from './launch.ts';

export type EmbeddedState =
  | { readonly phase: 'stopped'; readonly why: string }
  | { readonly phase: 'starting'; readonly why: string }
  | { readonly phase: 'running'; readonly ingest: string; readonly control: string; readonly token: Secret }
  | { readonly phase: 'waiting'; readonly why: string };

export interface EmbeddedOptions extends LaunchOptions {
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
  let ports = { ingestPort: options.ingestPort, controlPort: options.controlPort };
  let retry: NodeJS.Timeout | undefined;
  let steady: NodeJS.Timeout | undefined;
  let afterExit: (() => void) | null = null;

  function become(next: EmbeddedState): void {
    state = next;
    for (const listener of listeners) listener();
  }

  function launch(): void {
    clearTimeout(retry);
    child = launchGateway(
      { ...options, ...ports },
      {
        onReady(ready) {
          ports = { ingestPort: portOf(ready.ingest), controlPort: portOf(ready.control) };
          steady = setTimeout(() => backoff.reset(), steadyMs);
          become({ phase: 'running', ...ready });
        },
        onEnded: ended,
      },
    );
    become({ phase: 'starting', why: 'The gateway is starting.' });
  }

  function ended({ code, why }: { readonly code: string | null; readonly why: string }): void {
    child = null;
    clearTimeout(steady);
    // Somebody took the port meanwhile; where any port will do, another is taken.
    if (code === 'PORT_IN_USE') ports = { ingestPort: options.ingestPort, controlPort: options.controlPort };
    const next = afterExit;
    afterExit = null;
    if (next) return next();
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
        const done = () => resolve(become({ phase: 'stopped', why: 'The gateway was stopped.' }));
        if (child) endInOrder(child, done);
        else done();
      });
    },
  };
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port === '' ? (protocol === 'http:' || protocol === 'ws:' ? 80 : 443) : Number(port);
}
