import { eventTypes } from '#gateway/pipeline/event.ts';
import type { Intake } from './accept.ts';

/** What a path stands for. `metrics` is where analytics-next reports on itself: answered and dropped. */
export type Endpoint =
  | { readonly kind: 'events'; readonly intake: Intake }
  | { readonly kind: 'metrics' }
  | { readonly kind: 'settings'; readonly writeKey: string };

/**
 * Long paths are Segment's HTTP API; one-letter ones are what analytics-next 1.84 posts to
 * (`type.charAt(0)`, `b` when batching, `m` for its own metrics), `import` is an older name of `batch`.
 */
const paths: ReadonlyMap<string, Endpoint> = new Map<string, Endpoint>([
  ...eventTypes.flatMap((type): [string, Endpoint][] => [
    [`/v1/${type}`, { kind: 'events', intake: type }],
    [`/v1/${type.charAt(0)}`, { kind: 'events', intake: type }],
  ]),
  ...['batch', 'b', 'import'].map((name): [string, Endpoint] => [`/v1/${name}`, { kind: 'events', intake: 'batch' }]),
  ['/v1/json', { kind: 'events', intake: 'json' }],
  ['/v1/m', { kind: 'metrics' }],
]);

const settingsPath = /^\/v1\/projects\/([^/]{1,200})\/settings$/;

/** The endpoint of a request target, its query and a trailing slash ignored; null where there is none. */
export function endpointOf(target: string): Endpoint | null {
  const known = paths.get(target);
  if (known) return known;
  const path = target.split('?', 1)[0]?.replace(/\/$/, '') ?? '';
  const writeKey = settingsPath.exec(path)?.[1];
  if (writeKey !== undefined) return { kind: 'settings', writeKey: decodePart(writeKey) };
  return paths.get(path) ?? null;
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
