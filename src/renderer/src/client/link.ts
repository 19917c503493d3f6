/**
 * The link to one gateway (or to the desk). It is a small machine:
 *
 *   connecting ──hello──▶ live ──closed / silent──▶ offline ──wait──▶ (try) ──▶ live
 *                                                     └── refused codes: stays until `retryNow`
 *
 * Subscriptions are wishes that outlive connections: each new connection gets all of them
 * again, lossless ones from the last seq that was seen. Calls never wait for a link and are
 * never replayed: without one they fail at once, so that an operator knows that nothing happened.
 */

import { createStore, type StoreApi } from 'zustand/vanilla';
import { createBackoff } from '#contract/backoff.ts';
import { type AppError, appError, type ErrorCode } from '#contract/errors.ts';
import { incarnationIn } from '#contract/incarnation.ts';
import type { InputOf, ItemOf, Operation, OutputOf, ParamsOf, Topic } from '#contract/operation.ts';
import type { CallOptions, Peer, Subscription } from '#contract/peer.ts';
import { err, type Result } from '#contract/result.ts';

export interface LinkState {
  readonly phase: 'connecting' | 'live' | 'offline' | 'refused';
  /** Epoch ms since when `phase` holds. For offline: since the link was lost, over all tries. */
  readonly since: number;
  /** Why there is no link. */
  readonly error: AppError | null;
  readonly capabilities: readonly string[];
  /** Connections made so far; a reload of queries hangs on it. */
  readonly generation: number;
}

export interface WishOptions<T extends Topic> {
  readonly onItems: (items: readonly ItemOf<T>[], dropped: number) => void;
  /** The other side refused or ended it for good on this connection. */
  readonly onEnd?: (error: AppError | null) => void;
}

export interface Link {
  readonly state: StoreApi<LinkState>;
  start(): void;
  /** As `Peer.call`, but GATEWAY_OFFLINE at once while there is no link. */
  call<O extends Operation>(operation: O, input: InputOf<O>, options?: CallOptions): Promise<Result<OutputOf<O>>>;
  /** Subscribes now and on every later connection, until the returned function is called. */
  subscribe<T extends Topic>(topic: T, params: ParamsOf<T>, options: WishOptions<T>): () => void;
  /** Tries at once, from the shortest wait: the machine woke, the network came back, a person asked. */
  retryNow(): void;
  /** Gives up a live connection that went silent; it is made anew. */
  reconnect(): void;
  stop(): void;
}

export interface LinkDependencies {
  /** Opens a channel and starts a peer on it. */
  readonly connect: () => Peer;
  readonly now: () => number;
  /** 0..1 */
  readonly random: () => number;
  /** Runs later; the returned function takes it back. */
  readonly setTimer: (run: () => void, delayMs: number) => () => void;
  /** The other side was restored from a backup: what was told before is of another history. */
  readonly onFork?: () => void;
}

/** Codes that trying again cannot cure. */
const finalCodes: ReadonlySet<ErrorCode> = new Set([
  'AUTH_REQUIRED',
  'AUTH_FORBIDDEN',
  'ORIGIN_FORBIDDEN',
  'DOCUMENT_NOT_FOUND',
  'VERSION_MISMATCH',
]);

const firstWaitMs = 300;
const longestWaitMs = 8000;

interface Wish {
  attach(peer: Peer): Subscription;
  /** Resumes from nothing the next time: its seq is of another history. */
  forget(): void;
  subscription: Subscription | null;
}

export function createLink({ connect, now, random, setTimer, onFork }: LinkDependencies): Link {
  const state = createStore<LinkState>(() => ({ phase: 'connecting', since: now(), error: null, capabilities: [], generation: 0 }));
  const wishes = new Set<Wish>();
  /** The peer with which hellos were exchanged. */
  let peer: Peer | null = null;
  /** The peer that is being tried or in use; an older one is not listened to. */
  let current: Peer | null = null;
  const backoff = createBackoff({ firstMs: firstWaitMs, maxMs: longestWaitMs, random });
  let cancelTimer: (() => void) | null = null;
  let isStopped = false;
  /** What this page has was told in this incarnation. */
  let incarnation: string | null = null;

  const followIncarnation = (capabilities: readonly string[]) => {
    const before = incarnation;
    incarnation = incarnationIn(capabilities) ?? before;
    if (before === null || before === incarnation) return;
    for (const wish of wishes) wish.forget();
    onFork?.();
  };
  const lose = (code: ErrorCode) => {
    peer = null;
    current = null;
    if (isStopped) return;
    const before = state.getState();
    const phase = finalCodes.has(code) ? 'refused' : 'offline';
    const wasAway = before.phase === 'offline' || before.phase === 'refused';
    state.setState({ phase, since: wasAway ? before.since : now(), error: appError(code === 'PEER_CLOSED' ? 'GATEWAY_OFFLINE' : code) });
    if (phase === 'offline') cancelTimer = setTimer(tryOnce, backoff.next());
  };
  const tryOnce = () => {
    cancelTimer?.();
    cancelTimer = null;
    if (current !== null || isStopped) return;
    const made = connect();
    current = made;
    void made.closed.then((error) => {
      if (current === made) lose(error.code);
    });
    void made.ready.then((hello) => {
      if (current !== made || !hello.ok) return;
      peer = made;
      backoff.reset();
      followIncarnation(hello.value.capabilities);
      state.setState((before) => ({
        phase: 'live',
        since: now(),
        error: null,
        capabilities: hello.value.capabilities,
        generation: before.generation + 1,
      }));
      for (const wish of wishes) wish.subscription = wish.attach(made);
    });
  };

  return {
    state,
    start: tryOnce,
    call: (operation, input, options) => {
      if (peer === null) return Promise.resolve(err(state.getState().error ?? appError('GATEWAY_OFFLINE')));
      return peer.call(operation, input, options);
    },
    subscribe: (topic, params, options) => {
      const wish = createWish(topic, params, options, () => peer);
      wishes.add(wish);
      if (peer !== null) wish.subscription = wish.attach(peer);
      return () => {
        wishes.delete(wish);
        wish.subscription?.close();
      };
    },
    retryNow: () => {
      backoff.reset();
      tryOnce();
    },
    reconnect: () => {
      const old = peer;
      if (old === null) return;
      lose('PEER_CLOSED');
      old.close();
    },
    stop: () => {
      isStopped = true;
      cancelTimer?.();
      current?.close();
    },
  };
}

function createWish<T extends Topic>(topic: T, params: ParamsOf<T>, options: WishOptions<T>, currentPeer: () => Peer | null): Wish {
  let lastSeq: number | undefined;
  return {
    subscription: null,
    forget() {
      lastSeq = undefined;
    },
    attach: (peer) =>
      peer.subscribe(topic, params, {
        afterSeq: topic.delivery === 'lossless' ? lastSeq : undefined,
        onItems: (items, { seq, dropped }) => {
          if (currentPeer() !== peer) return;
          lastSeq = seq;
          options.onItems(items, dropped);
        },
        onEnd: (error) => {
          if (currentPeer() === peer) options.onEnd?.(error);
        },
      }),
  };
}
