/** The built renderer, as both hosts serve it: the file for a path, with the headers it needs. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { contentSecurityPolicy, securityHeaders, withNonce } from './content-security-policy.ts';

export interface Served {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
};

/**
 * The file behind a URL path, or null when the path leaves the root or is no file name.
 * A path without a file extension is a place inside the page: index.html.
 */
export function resolveFile(root: string, pathname: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return null;
  const path = normalize(join(root, decoded));
  if (path !== root && !path.startsWith(root + sep)) return null;
  return extname(path) === '' ? join(root, 'index.html') : path;
}

/** Answers a GET for `pathname`. Only kinds of file that the renderer is made of are served. */
export async function serveRenderer(root: string, pathname: string): Promise<Served> {
  const nonce = randomBytes(16).toString('base64');
  const headers = { ...securityHeaders, 'content-security-policy': contentSecurityPolicy(nonce) };
  const path = resolveFile(normalize(root), pathname);
  const type = path === null ? undefined : types[extname(path)];
  const body = path === null || type === undefined ? null : await readFile(path).catch(() => null);
  if (body === null || type === undefined) {
    return { status: 404, headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' }, body: Buffer.from('Not found.') };
  }
  const isPage = type.startsWith('text/html');
  return {
    status: 200,
    headers: { ...headers, 'content-type': type },
    body: isPage ? Buffer.from(withNonce(body.toString('utf8'), nonce)) : body,
  };
}
