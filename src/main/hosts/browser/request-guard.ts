/** Which requests the browser host answers at all: pure, so that every case is a test. */
import type { IncomingHttpHeaders } from 'node:http';

export interface Site {
  /** `<random>.localhost:<port>` */
  readonly host: string;
  /** `http://<random>.localhost:<port>` */
  readonly origin: string;
}

export type Verdict = 'allowed' | 'wrong-host' | 'wrong-origin';

/**
 * The Host must be ours to the letter, or a page that resolves its own name to 127.0.0.1 could
 * read the console (DNS rebinding).
 */
export function checkHost(headers: IncomingHttpHeaders, site: Site): Verdict {
  return headers.host === site.host ? 'allowed' : 'wrong-host';
}

/** For what acts or opens a channel: besides the Host, the Origin must be our own page's. */
export function checkPage(headers: IncomingHttpHeaders, site: Site): Verdict {
  if (checkHost(headers, site) !== 'allowed') return 'wrong-host';
  return headers.origin === site.origin ? 'allowed' : 'wrong-origin';
}

/** For a second start of Sluice at our door: no browser sends a POST without an Origin. */
export function checkDoor(headers: IncomingHttpHeaders, site: Site): Verdict {
  if (checkHost(headers, site) !== 'allowed') return 'wrong-host';
  return headers.origin === undefined && headers['sec-fetch-site'] === undefined ? 'allowed' : 'wrong-origin';
}

/** The path of a request target; null when it is not one (`//`, an absolute URL that does not parse). */
export function parsePath(target: string | undefined): string | null {
  if (!target?.startsWith('/') || target.startsWith('//')) return null;
  return target.split(/[?#]/, 1)[0] ?? null;
}

const targetPattern = /^\/bridge\/(desk|gateway\/[a-z0-9][a-z0-9-]{0,62})$/;

/** The target of a channel's URL path, or null. */
export function parseTarget(pathname: string): string | null {
  return targetPattern.exec(pathname)?.[1] ?? null;
}

const sessionPrefix = 'sluice.session.';

/** The session token among the offered subprotocols, or null; `sluice.v1` must be offered too. */
export function parseSession(header: string | undefined): string | null {
  const offered = (header ?? '').split(',').map((name) => name.trim());
  const session = offered.find((name) => name.startsWith(sessionPrefix));
  return offered.includes('sluice.v1') && session ? session.slice(sessionPrefix.length) : null;
}
