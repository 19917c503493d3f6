/**
 * Main's own link to one gateway, with the audience `desk`: credentials are handed over on it
 * and nowhere else. Windows have links of their own through the relay.
 *
 *   connecting ──hello, admitted──▶ live ──closed──▶ offline ──backoff──▶ connecting
 *        └─────────token or key refused──▶ refused ──────────backoff──────────▲
 */

import { createBackoff } from '#contract/backoff.ts';
import type { Channel } from '#contract/channel.ts';
import type { Environment } from '#contract/desk/operations.ts';
import { type AppError, appError } from '#contract/errors.ts';
import { createPeer, type Peer } from '#contract/peer.ts';
import type { Result } from '#contract/result.ts';

export interface LinkState {
  readonly link: Environment['link'];
  /** Why it is not live, in an operator's words; empty when it is. */
  readonly why: string;
}

export interface GatewayLinkOptions {
  /** A new channel of audience `desk`, or why there is nobody to dial now. */
  readonly dial: () => Promise<Result<Channel>>;
  /** Decides whether the gateway that answered is the one we know; runs before the link counts as live. */
  readonly admit: (peer: Peer) => Promise<Result<void>>;
  readonly onLive: (peer: Peer) => void;
  readonly onChange: () => void;
  readonly random?: () => number;
}

export interface GatewayLink {
  state(): LinkState;
  /** The live peer; null when there is none. */
  peer(): Peer | null;
  /** Something changed (a restart, a new token): tries at once instead of after the wait. */
  wake(): void;
  close(): void;
}

const firstWaitMs = 200;
const maxWaitMs = 5_000;
/** A link that does not answer within a deadline of the same length is dead: a cable was pulled, a laptop slept. */
const heartbeatMs = 10_000;

const refusals: ReadonlySet<string> = new Set([
  'AUTH_REQUIRED',
  'AUTH_FORBIDDEN',
  'ORIGIN_FORBIDDEN',
  'VERSION_MISMATCH',
  'GATEWAY_KEY_CHANGED',
]);

export function createGatewayLink(options: GatewayLinkOptions): GatewayLink {
  const backoff = createBackoff({ firstMs: firstWaitMs, maxMs: maxWaitMs, ...(options.random ? { random: options.random } : {}) });
  let state: LinkState = { link: 'connecting', why: 'Connecting.' };
  let live: Peer | null = null;
  let trying: Peer | null = null;
  let isTrying = false;
  let isClosed = false;
  let isWoken = false;
  let retry: NodeJS.Timeout | undefined;
  let heartbeat: NodeJS.Timeout | undefined;

  function become(next: LinkState): void {
    const isSame = next.link === state.link && next.why === state.why;
    state = next;
    if (!isSame) options.onChange();
  }

  function failed(error: AppError): void {
    isTrying = false;
    trying = null;
    if (isClosed) return;
    become({ link: refusals.has(error.code) ? 'refused' : 'offline', why: wordsOf(error) });
    const waitMs = isWoken ? 0 : backoff.next();
    isWoken = false;
    retry = setTimeout(() => void attempt(), waitMs);
  }

  async function attempt(): Promise<void> {
    clearTimeout(retry);
    isTrying = true;
    const dialled = await options.dial();
    if (!dialled.ok) return failed(dialled.error);
    const peer = createPeer({ channel: dialled.value });
    trying = peer;
    if (isClosed) return peer.close();
    const hello = await peer.ready;
    if (!hello.ok) return failed(hello.error);
    const admitted = await options.admit(peer);
    if (!admitted.ok) {
      peer.close();
      return failed(admitted.error);
    }
    settle(peer);
  }

  function settle(peer: Peer): void {
    if (isClosed) return peer.close();
    [live, trying, isTrying, isWoken] = [peer, null, false, false];
    backoff.reset();
    heartbeat = setInterval(() => void beat(peer), heartbeatMs);
    void peer.closed.then((error) => {
      clearInterval(heartbeat);
      live = null;
      failed(error.code === 'PEER_CLOSED' ? appError('GATEWAY_OFFLINE', { detail: 'The link to the gateway broke.' }) : error);
    });
    become({ link: 'live', why: '' });
    options.onLive(peer);
  }

  void attempt();
  return {
    state: () => state,
    peer: () => live,
    wake() {
      if (isClosed || live) return;
      if (isTrying) isWoken = true;
      else void attempt();
    },
    close() {
      isClosed = true;
      clearTimeout(retry);
      clearInterval(heartbeat);
      live?.close();
      trying?.close();
    },
  };
}

async function beat(peer: Peer): Promise<void> {
  const round = await peer.ping(heartbeatMs);
  if (!round.ok) peer.close();
}

/** A failure may carry its own words, which say more than the catalogue's. */
function wordsOf(error: AppError): string {
  const detail = error.details?.detail;
  return typeof detail === 'string' ? detail : error.message;
}
