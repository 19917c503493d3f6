/**
 * The console's two links, the desk and one gateway, and the calls over them. One session a
 * page: another environment is another address, and the page starts anew there.
 */

import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { type DeskOperations, type DeskState, deskOperations } from '#contract/desk/operations.ts';
import type { AppError } from '#contract/errors.ts';
import type { InputOf, OutputOf } from '#contract/operation.ts';
import { type OperationName, type Operations, operations } from '#contract/operations/index.ts';
import type { CallOptions } from '#contract/peer.ts';
import { randomId } from '#contract/random-id.ts';
import type { Result } from '#contract/result.ts';
import type { Link, LinkState } from './link.ts';

export interface Session {
  readonly environment: string;
  readonly gateway: Link;
  readonly desk: Link;
}

let session: Session | null = null;

const unlinked: LinkState = { phase: 'connecting', since: 0, error: null, capabilities: [], generation: 0 };
/** The gateway link as views see it. */
export const linkStore = createStore<LinkState>(() => unlinked);

export interface Desk {
  /** Null until the desk told. */
  readonly desk: DeskState | null;
  readonly link: LinkState;
}
export const deskStore = createStore<Desk>(() => ({ desk: null, link: unlinked }));

/** Makes `started` the page's session and lets the stores follow its links. */
export function startSession(started: Session): void {
  session = started;
  linkStore.setState(started.gateway.state.getState(), true);
  started.gateway.state.subscribe((state) => linkStore.setState(state, true));
}

export function currentSession(): Session {
  if (session === null) throw new Error('the session has not started');
  return session;
}

/** Asks the gateway. Without a link it answers GATEWAY_OFFLINE at once and nothing is sent later. */
export function call<N extends OperationName>(
  name: N,
  input: InputOf<Operations[N]>,
  options?: CallOptions,
): Promise<Result<OutputOf<Operations[N]>>> {
  return currentSession().gateway.call<Operations[N]>(operations[name], input, options);
}

/** Asks the console's own main process. */
export function callDesk<N extends keyof DeskOperations>(
  name: N,
  input: InputOf<DeskOperations[N]>,
  options?: CallOptions,
): Promise<Result<OutputOf<DeskOperations[N]>>> {
  return currentSession().desk.call<DeskOperations[N]>(deskOperations[name], input, options);
}

/** A command's answer; `commandId` asks what became of it where the answer was lost. */
export type CommandResult<T> = Result<T> & { readonly commandId: string };

/** Sends a command under an id of its own, so that `outcomeOf` can ask later what became of it. */
export async function command<N extends OperationName>(
  name: N,
  input: InputOf<Operations[N]>,
): Promise<CommandResult<OutputOf<Operations[N]>>> {
  const commandId = randomId();
  const answer = await call(name, input, { commandId });
  return { ...answer, commandId };
}

/** True where the command may or may not have taken effect. */
export function isLost(error: AppError): boolean {
  return error.code === 'PEER_CLOSED' || error.code === 'PEER_DEADLINE';
}

/** What became of a command whose answer was lost. Waits up to `waitMs` for the link to come back. */
export async function outcomeOf(commandId: string, waitMs = 20_000): Promise<Result<OutputOf<Operations['command.outcome']>>> {
  await untilLive(waitMs);
  return call('command.outcome', { commandId });
}

function untilLive(waitMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (linkStore.getState().phase === 'live') return resolve();
    const finish = () => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    const timer = setTimeout(finish, waitMs);
    const unsubscribe = linkStore.subscribe((state) => {
      if (state.phase === 'live') finish();
    });
  });
}

export function useLink<T>(select: (state: LinkState) => T): T {
  return useStore(linkStore, select);
}

export function useDesk<T>(select: (state: Desk) => T): T {
  return useStore(deskStore, select);
}

/** The environment that this page is about; null until the desk told. */
export function useEnvironment() {
  return useDesk((state) => state.desk?.environments.find((environment) => environment.id === session?.environment) ?? null);
}
