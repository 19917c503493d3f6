/**
 * One end of a link. A peer asks (calls, subscriptions), serves, or both; the frames and their
 * rules are in frames.ts. Life of a link:
 *
 *     opening ──hello of the same version──▶ open ──either side closes──▶ closed
 *        └──another version, no hello in time, link refused────────────────▲
 *
 * While opening, what this side asks for is kept back. So a call that fails before `ready`
 * fails with the reason of the link and had no effect, while one that was pending on an open
 * link answers PEER_CLOSED: whether it took effect, `command.outcome` knows.
 */
import type { Channel } from './channel.ts';
import { type AppError, appError, type ErrorCode, errorCodes } from './errors.ts';
import { maxFrameChars as defaultMaxFrameChars, protocolVersion } from './frames.ts';
import { type Call, type CallOptions, createCalls } from './peer/calls.ts';
import { endAll, type Parts, receive } from './peer/dispatch.ts';
import { createFeeding } from './peer/feeding.ts';
import { frameText } from './peer/frame-text.ts';
import { limits } from './peer/limits.ts';
import { createLink } from './peer/link.ts';
import { createPings } from './peer/pings.ts';
import { createRequests } from './peer/requests.ts';
import { createSubscriptions, type Subscribe, type Subscription } from './peer/subscriptions.ts';
import { err, ok, type Result } from './result.ts';
import type { Caller, Service } from './service.ts';

export type { CallOptions, Subscription };

export interface Hello {
  readonly version: number;
  readonly capabilities: readonly string[];
}

export interface PeerOptions {
  readonly channel: Channel;
  /** What this side answers, and to whom. Absent: it answers OPERATION_UNKNOWN and TOPIC_UNKNOWN. */
  readonly serve?: { readonly service: Service; readonly context: Caller } | undefined;
  /** Sent with this side's hello. */
  readonly capabilities?: readonly string[] | undefined;
  readonly maxFrameChars?: number | undefined;
  /** Told of bugs: a handler, feed or consumer that threw. `requestId` is what the other side was told. Absent: the error is thrown to the process. */
  readonly onBug?: ((error: unknown, requestId: string | undefined) => void) | undefined;
}

export interface Peer {
  /** The other side's hello; or why there will be none. Never rejects. */
  readonly ready: Promise<Result<Hello>>;
  /** Resolves when the link is closed, with the reason. */
  readonly closed: Promise<AppError>;
  /** Calls an operation of the other side. Expected failures are values; it never rejects for them. */
  readonly call: Call;
  readonly subscribe: Subscribe;
  /** Round trip to the other peer, ms. */
  ping(deadlineMs?: number): Promise<Result<number>>;
  /** Closes the link. Pending calls answer PEER_CLOSED, subscriptions end with it, running handlers are aborted. */
  close(reason?: ErrorCode): void;
}

const nobody: Caller = { audience: 'view', by: 'nobody' };

/** Starts one end of a link over an open or opening channel, whose listeners it takes. */
export function createPeer({ channel, serve, capabilities = [], maxFrameChars = defaultMaxFrameChars, onBug }: PeerOptions): Peer {
  const ready = Promise.withResolvers<Result<Hello>>();
  const closed = Promise.withResolvers<AppError>();
  const link = createLink({ channel, maxFrameChars, onBug, violate: (error) => close(error) });
  const parts: Parts = {
    link,
    calls: createCalls(link),
    subscriptions: createSubscriptions(link),
    pings: createPings(link),
    requests: createRequests(link, serve?.service, serve?.context ?? nobody),
    feeding: createFeeding(link, serve?.service),
    onHello,
  };
  const helloTimer = setTimeout(() => link.violate(appError('PEER_DEADLINE', { why: 'no hello' })), limits.helloMs);

  function onHello({ version, capabilities: theirs }: Hello): void {
    if (link.isOpen()) return link.violate(appError('FRAME_INVALID', { why: 'a second hello' }));
    if (version !== protocolVersion) return link.violate(appError('VERSION_MISMATCH', { ours: protocolVersion, theirs: version }));
    clearTimeout(helloTimer);
    ready.resolve(ok({ version, capabilities: theirs }));
    link.open();
  }

  function shutDown(cause: AppError): void {
    // An open link may have carried any request across before it broke.
    const error = link.isOpen() ? appError('PEER_CLOSED', { reason: cause.code }) : cause;
    if (!link.shut(error)) return;
    clearTimeout(helloTimer);
    endAll(parts, error);
    ready.resolve(err(error));
    closed.resolve(cause);
  }

  function close(cause: AppError): void {
    shutDown(cause);
    channel.close(cause.code);
  }

  link.answer(frameText.hello(capabilities));
  channel.onFrame((text) => receive(parts, text));
  channel.onClose((reason) => shutDown(errorOf(reason)));

  return {
    ready: ready.promise,
    closed: closed.promise,
    call: parts.calls.call,
    subscribe: parts.subscriptions.subscribe,
    ping: (deadlineMs = limits.callMs) => parts.pings.ping(deadlineMs),
    close: (reason = 'PEER_CLOSED') => close(appError(reason)),
  };
}

const knownCodes: ReadonlyMap<string, ErrorCode> = new Map(errorCodes.map((code) => [code, code]));

/** The error that the reason of a closed channel stands for. */
function errorOf(reason: string): AppError {
  return appError(knownCodes.get(reason) ?? 'PEER_CLOSED');
}
