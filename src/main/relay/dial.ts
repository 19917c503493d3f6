import { WebSocket } from 'ws';
import type { Channel } from '#contract/channel.ts';
import { createWebSocketChannel } from '#contract/channels/websocket.ts';
import { maxFrameChars } from '#contract/frames.ts';
import type { Audience } from '#contract/operation.ts';
import type { Secret } from '#contract/secret.ts';

export interface Endpoint {
  /** ws(s) URL of a gateway's control port. */
  readonly url: string;
  readonly token: Secret;
}

const handshakeMs = 10_000;
/** A UTF-16 unit takes at most 3 bytes of UTF-8. */
export const maxPayloadBytes = maxFrameChars * 3;

/** What may stand in a WebSocket subprotocol (RFC 7230's token): the control token travels in one. */
export const tokenPattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{16,512}$/;

/**
 * Opens one link to a gateway; the channel takes frames at once and closes with a code
 * (GATEWAY_OFFLINE, AUTH_REQUIRED ...) where there is none. `view` is what a window may do,
 * `desk` is for main's own link only.
 */
export function dialGateway({ url, token }: Endpoint, audience: Audience): Channel {
  const protocols = ['sluice.v1', `sluice.token.${token.reveal()}`, ...(audience === 'desk' ? ['sluice.audience.desk'] : [])];
  const options = { handshakeTimeout: handshakeMs, maxPayload: maxPayloadBytes, perMessageDeflate: false };
  return createWebSocketChannel(new WebSocket(url, protocols, options));
}
