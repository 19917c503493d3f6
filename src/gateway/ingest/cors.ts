import type { IncomingMessage, ServerResponse } from 'node:http';

const allowed = 'authorization, content-type, content-encoding, x-retry-count';
/** Chromium remembers a preflight for two hours at most. */
const MAX_AGE_SECONDS = 7200;

/**
 * Answers a preflight. Any page may send: a write key only adds events, and browsers carry it in
 * the open anyway. No credentials are allowed, so no page can use a visitor's cookies here.
 */
export function answerPreflight(request: IncomingMessage, response: ServerResponse): void {
  const asked = request.headers['access-control-request-headers'];
  const headers = [
    'access-control-allow-origin',
    '*',
    'access-control-allow-methods',
    'GET, POST, OPTIONS',
    'access-control-allow-headers',
    asked !== undefined && /^[\w ,-]{1,1000}$/.test(asked) ? asked : allowed,
    'access-control-max-age',
    String(MAX_AGE_SECONDS),
  ];
  // A public page that reports to a gateway in the local network asks this too (Private Network Access).
  if (request.headers['access-control-request-private-network'] === 'true') headers.push('access-control-allow-private-network', 'true');
  response.writeHead(204, headers);
  response.end();
}
