/**
 * A place in the console as a hash: `#/@production/destinations/hubspot?range=1h`. The `@` segment
 * names the environment and may be absent (the default one). A hash never executes anything: it
 * says where to look.
 */
export interface Route {
  readonly environment: string | null;
  /** Without the environment: `/destinations/hubspot`. */
  readonly path: string;
  readonly segments: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

const environmentPattern = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Reads a hash, `#` included. Anything that is not a place becomes the root. */
export function parseHash(hash: string): Route {
  const text = hash.startsWith('#/') ? hash.slice(1) : '/';
  const cut = text.indexOf('?');
  const pathText = cut < 0 ? text : text.slice(0, cut);
  const parts = pathText
    .split('/')
    .filter((part) => part !== '')
    .map(decode);
  const first = parts[0];
  const environment = first?.startsWith('@') && environmentPattern.test(first.slice(1)) ? first.slice(1) : null;
  const segments = environment === null ? parts.filter((part) => !part.startsWith('@')) : parts.slice(1);
  const query = cut < 0 ? {} : Object.fromEntries(new URLSearchParams(text.slice(cut + 1)));
  return { environment, path: `/${segments.map(encodeURIComponent).join('/')}`, segments, query };
}

/** Writes a route as a hash. Empty query values are left out. */
export function toHash(route: Pick<Route, 'environment' | 'path' | 'query'>): string {
  const search = new URLSearchParams(Object.entries(route.query).filter(([, value]) => value !== '')).toString();
  const prefix = route.environment === null ? '' : `/@${route.environment}`;
  return `#${prefix}${route.path}${search === '' ? '' : `?${search}`}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
