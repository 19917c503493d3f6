/**
 * What a vendor said, fit for people, logs and dead letters: without our credential (some vendors
 * echo it), without personal data that is easy to know, and short.
 */
import type { EncodedRequest } from './connector.ts';

const longest = 200;
const secretParams = ['api_secret', 'access_token', 'token', 'key'];

function secretsIn(request: EncodedRequest): readonly string[] {
  const found: string[] = [];
  const [scheme, value = ''] = (request.headers.authorization ?? '').split(' ', 2);
  if (value) found.push(value);
  if (scheme === 'Basic') {
    const pair = Buffer.from(value, 'base64').toString();
    const colon = pair.indexOf(':');
    found.push(pair.slice(0, Math.max(0, colon)), pair.slice(colon + 1));
  }
  const query = new URLSearchParams(request.url.split('?', 2)[1] ?? '');
  for (const name of secretParams) found.push(...query.getAll(name).flatMap((secret) => [secret, encodeURIComponent(secret)]));
  return found.filter((secret) => secret.length >= 3).toSorted((a, b) => b.length - a.length);
}

/** Masks and shortens what a vendor wrote about a request. */
export function vendorDetail(text: string, request: EncodedRequest): string {
  let clean = text;
  for (const secret of secretsIn(request)) clean = clean.replaceAll(secret, '[secret]');
  return mask(clean);
}

/** As `vendorDetail`, for text that cannot hold a credential. */
export function mask(text: string): string {
  const clean = text
    .slice(0, 4 * longest)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must go
    .replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ')
    .replace(/[^\s@<>"']+@[^\s@<>"']+\.[^\s@<>"']+/g, '[email]')
    .replace(/[A-Za-z0-9_+/=-]{32,}/g, '[long value]')
    .replace(/\+?\d[\d ()-]{7,}\d/g, '[number]')
    .trim();
  return clean.length > longest ? `${clean.slice(0, longest - 1).toWellFormed()}…` : clean.toWellFormed();
}
