/**
 * The link to one gateway. It is a small machine:
 *
 *   connecting ──hello──▶ live ──closed / silent──▶ offline ──wait──▶ (try) ──▶ live
 *                                                     └── refused codes: stays until `retryNow`
 *
 * Subscriptions are wishes that outlive connections: each new connection gets all of them
 * again, lossless ones from the last seq that was seen. Calls never wait for a link and are
 * never replayed: without one they fail at once, so that an operator knows that nothing happened.
 */
import { type AppError, type ErrorCode, appError } from '#contract/errors.ts';
import { type Result, err } from '#contract/result.ts';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { backoffMs } from './backoff.ts';

export interface LinkPeer {
  call(name: string, input: unknown, options: CallOptions): Promise<Result<unknown>>;
  subscribe(name: string, params: unknown, options: PeerSubscription): () => void;
  close(): void;
}
export interface CallOptions {
  readonly deadlineMs?: number;
  readonly commandId?: string;
  readonly signal?: AbortSignal;
}
export interface PeerSubscription {
  readonly afterSeq?: number;
  readonly onItems: (items: readonly unknown[], seq: number, dropped: number) => void;
  readonly onEnd: (error: AppError | undefined) => void;
}

export interface LinkState {
  readonly phase: 'connecting' | 'live' | 'offline' | 'refused';
  /** Epoch ms since when `phase` holds. For offline: since the link was lost, over all tries. */
  readonly since: number;
  /** Epoch ms when something last came; null before anything did. */
  readonly heardAt: number | null;
  readonly error: AppError | null;
  readonly capabilities: readonly string[];
  /** Connections made so far; a reload of queries hangs on it. */
  readonly generation: number;
}

export interface Wish {
  readonly topic: string;
  readonly params: unknown;
  readonly delivery: 'latest' | 'lossless';
  readonly onItems: (items: readonly unknown[], dropped: number) => void;
  readonly onRefused?: (error: AppError) => void;
}

export interface Link {
  readonly state: StoreApi<LinkState>;
  start(): void;
  call(name: string, input: unknown, options?: CallOptions): Promise<Result<unknown>>;
  subscribe(wish: Wish): () => void;
  /** Tries at once, from the shortest wait: the machine woke, the network came back, a person asked. */
  retryNow(): void;
  /** Gives up a live connection that went silent; it is made anew. */
  reconnect(): void;
  stop(): void;
}

export interface LinkDependencies {
  /** Resolves when hellos were exchanged; `onClosed` is called once when that connection ends. */
  readonly connect: (onClosed: (code: ErrorCode) => void) => Promise<Result<{ readonly peer: LinkPeer; readonly capabilities: readonly string[] }>>;
  readonly now: () => number;
  readonly random: () => number;
  readonly setTimer: (run: () => void, delayMs: number) => () => void;
}

/** Codes that trying again cannot cure. */
const finalCodes: ReadonlySet<ErrorCode> = new Set(['AUTH_REQUIRED', 'AUTH_FORBIDDEN', 'ORIGIN_FORBIDDEN', 'DOCUMENT_NOT_FOUND', 'VERSION_MISMATCH']);

interface Entry {
  readonly wish: Wish;
  lastSeq: number | undefined;
  cancel: (() => void) | null;
}

export function createLink(dependencies: LinkDependencies): Link {
  const { now } = dependencies;
  const state = createStore<LinkState>(() => ({ phase: 'connecting', since: now(), heardAt: null, error: null, capabilities: [], generation: 0 }));
  const entries = new Set<Entry>();
  let peer: LinkPeer | null = null;
  let attempt = 0;
  let cancelTimer: (() => void) | null = null;
  let isTrying = false;
  let isStopped = false;

  const lose = (code: ErrorCode) => {
    peer = null;
    for (const entry of entries) entry.cancel = null;
    if (isStopped) return;
    const before = state.getState();
    const isFinal = finalCodes.has(code);
    const phase = isFinal ? 'refused' : 'offline';
    state.setState({ phase, since: before.phase === 'offline' || before.phase === 'refused' ? before.since : now(), error: appError(code === 'PEER_CLOSED' ? 'GATEWAY_OFFLINE' : code) });
    if (!isFinal) retryLater();
  };
  const retryLater = () => {
    cancelTimer?.();
    cancelTimer = dependencies.setTimer(() => void tryOnce(), backoffMs(attempt++, dependencies.random));
  };
  const tryOnce = async () => {
    cancelTimer?.();
    cancelTimer = null;
    if (isTrying || peer !== null || isStopped) return;
    isTrying = true;
    let closedWith: ErrorCode | null = null;
    let mine: LinkPeer | null = null;
    const made = await dependencies.connect((code) => {
      closedWith = code;
      if (mine !== null && mine === peer) lose(code);
    });
    isTrying = false;
    if (!made.ok) return lose(made.error.code);
    mine = made.value.peer;
    if (isStopped) return mine.close();
    if (closedWith !== null) return lose(closedWith);
    peer = mine;
    attempt = 0;
    state.setState((before) => ({ phase: 'live', since: now(), heardAt: now(), error: null, capabilities: made.value.capabilities, generation: before.generation + 1 }));
    for (const entry of entries) attach(entry, mine);
  };
  const attach = (entry: Entry, to: LinkPeer) => {
    const resume = entry.wish.delivery === 'lossless' && entry.lastSeq !== undefined ? { afterSeq: entry.lastSeq } : {};
    entry.cancel = to.subscribe(entry.wish.topic, entry.wish.params, {
      ...resume,
      onItems: (items, seq, dropped) => {
        if (peer !== to) return;
        entry.lastSeq = seq;
        state.setState({ heardAt: now() });
        entry.wish.onItems(items, dropped);
      },
      onEnd: (error) => {
        entry.cancel = null;
        if (error !== undefined && peer === to) entry.wish.onRefused?.(error);
      },
    });
  };

  return {
    state,
    start: () => void tryOnce(),
    call: (name, input, options = {}) => {
      if (peer === null) return Promise.resolve(err(state.getState().error ?? appError('GATEWAY_OFFLINE')));
      return peer.call(name, input, options);
    },
    subscribe: (wish) => {
      const entry: Entry = { wish, lastSeq: undefined, cancel: null };
      entries.add(entry);
      if (peer !== null) attach(entry, peer);
      return () => {
        entries.delete(entry);
        entry.cancel?.();
      };
    },
    retryNow: () => {
      attempt = 0;
      if (peer === null) void tryOnce();
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
      peer?.close();
      peer = null;
    },
  };
}
