/**
 * Which destinations an event goes to. Decided once, at ingest, from documents only; consent and
 * switches are decided at every send. The log stores the answer as an interned set of ordinals.
 */
import { type EventType, eventTypes, type GatewayEvent } from './event.ts';

/** A destination as routing sees it: its document, its connector's table and its ordinal in the log. */
export interface RouteTarget {
  readonly id: string;
  readonly ordinal: number;
  readonly enabled: boolean;
  /** Sources it receives from; empty means all. */
  readonly sources: readonly string[];
  /** Event names it receives; empty means all. */
  readonly events: readonly string[];
  readonly connector: { readonly id: string; readonly title: string; readonly eventTypes: readonly EventType[] };
}

export type RouteSubject = Pick<GatewayEvent, 'source' | 'type' | 'name'>;

/**
 * Ordinals of the destinations that want the event, ascending. `integrations` is Segment's object
 * of that name: `{ "All": false, "Mixpanel": true }`; keys are a destination's id, or its
 * connector's id or title, in any case.
 */
export function routeOrdinals(targets: readonly RouteTarget[], subject: RouteSubject, integrations?: unknown): readonly number[] {
  const wanted = targets.filter((target) => wants(target, subject));
  const wishes = wishesOf(integrations);
  const chosen = wishes === null ? wanted : wanted.filter((target) => wished(target, wishes));
  return chosen.map((target) => target.ordinal).sort((a, b) => a - b);
}

export interface Router {
  /** Set of destinations of this event, as the log interned it. A few Map lookups unless the event names integrations. */
  route(event: RouteSubject, integrations?: unknown): number;
}

/**
 * A router over one state of the documents; make a new one when a destination changes.
 * Only names that some destination filters by are told apart, so the cache stays small however
 * many event names an app invents.
 */
export function createRouter(targets: readonly RouteTarget[], intern: (ordinals: readonly number[]) => number): Router {
  const filteredNames = new Set(targets.flatMap((target) => target.events));
  const bySource = new Map<string, Record<EventType, Map<string | null, number>>>();

  function cacheOf(source: string): Record<EventType, Map<string | null, number>> {
    let cache = bySource.get(source);
    if (!cache) {
      cache = { track: new Map(), identify: new Map(), page: new Map(), screen: new Map(), group: new Map(), alias: new Map() };
      bySource.set(source, cache);
    }
    return cache;
  }

  return {
    route(event, integrations) {
      if (wishesOf(integrations) !== null) return intern(routeOrdinals(targets, event, integrations));
      const names = cacheOf(event.source)[event.type];
      const key = filteredNames.has(event.name) ? event.name : null;
      let route = names.get(key);
      if (route === undefined) {
        route = intern(routeOrdinals(targets, event));
        names.set(key, route);
      }
      return route;
    },
  };
}

function wants(target: RouteTarget, subject: RouteSubject): boolean {
  if (!target.enabled || !target.connector.eventTypes.includes(subject.type)) return false;
  if (target.sources.length > 0 && !target.sources.includes(subject.source)) return false;
  return target.events.length === 0 || target.events.includes(subject.name);
}

interface Wishes {
  readonly all: boolean;
  /** Lower-case name to wish. */
  readonly named: ReadonlyMap<string, boolean>;
}

/** Null where the event leaves the choice to the documents: no object, or an empty one as the SDKs send. */
function wishesOf(integrations: unknown): Wishes | null {
  if (typeof integrations !== 'object' || integrations === null) return null;
  let named: Map<string, boolean> | null = null;
  for (const [name, wish] of Object.entries(integrations)) {
    // An object as value carries options for that integration, which means "on".
    named ??= new Map();
    named.set(name.toLowerCase(), wish !== false);
  }
  return named && { all: named.get('all') ?? true, named };
}

function wished(target: RouteTarget, { all, named }: Wishes): boolean {
  return named.get(target.id) ?? named.get(target.connector.id.toLowerCase()) ?? named.get(target.connector.title.toLowerCase()) ?? all;
}

/** Whether text names an event type. */
export function isEventType(value: unknown): value is EventType {
  return typeof value === 'string' && (eventTypes as readonly string[]).includes(value);
}
