/** Who may speak to the control port: pure decisions over the headers of a request. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type AppError, appError } from '#contract/errors.ts';
import type { Audience } from '#contract/operation.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { Secret } from '#contract/secret.ts';
import type { Caller } from '#contract/service.ts';

/** The one subprotocol that is agreed on. The others below only carry what a browser cannot put in a header. */
export const subprotocol = 'sluice.v1';
const tokenPrefix = 'sluice.token.';
const clientPrefix = 'sluice.client.';
const deskProtocol = 'sluice.audience.desk';

/**
 * A page of another site can reach a loopback port, under a name of its own by DNS rebinding.
 * So the Host must be one of ours and an Origin, which only browsers send, must be allowed.
 */
export function checkAddress(headers: IncomingHttpHeaders, port: number, allowedOrigins: readonly string[]): AppError | null {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
  if (!hosts.includes(headers.host?.toLowerCase() ?? '')) return appError('HOST_FORBIDDEN');
  if (headers.origin !== undefined && !allowedOrigins.includes(headers.origin)) return appError('ORIGIN_FORBIDDEN');
  return null;
}

/** Whether the request carries the token as `Authorization: Bearer`. */
export function hasBearer(headers: IncomingHttpHeaders, token: Secret): boolean {
  const given = /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  return given !== undefined && isSame(given, token);
}

/** Who a WebSocket handshake speaks for; AUTH_REQUIRED or VERSION_MISMATCH where it is refused. */
export function identify(headers: IncomingHttpHeaders, token: Secret): Result<Caller> {
  const offered = (headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((protocol) => protocol.trim())
    .filter((protocol) => protocol !== '');
  const given = after(tokenPrefix, offered);
  const isKnown = hasBearer(headers, token) || (given !== null && isSame(given, token));
  if (!isKnown) return err(appError('AUTH_REQUIRED'));
  if (offered.length > 0 && !offered.includes(subprotocol)) return err(appError('VERSION_MISMATCH'));
  const audience: Audience = offered.includes(deskProtocol) ? 'desk' : 'view';
  return ok({ audience, by: nameOf(after(clientPrefix, offered)) });
}

/**
 * Who the audit names. All hold the same token until operators exist, so this is what a client
 * says of itself: enough to tell the console from a script, no proof of a person.
 */
function nameOf(client: string | null): string {
  return client !== null && /^[\w.@-]{1,60}$/.test(client) ? client : 'console';
}

function after(prefix: string, offered: readonly string[]): string | null {
  return offered.find((protocol) => protocol.startsWith(prefix))?.slice(prefix.length) ?? null;
}

/** Compares digests, so that neither content nor length can be learnt from the time it takes. */
function isSame(given: string, token: Secret): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token.reveal()));
}
