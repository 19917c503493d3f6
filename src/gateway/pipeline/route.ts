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
  /** The flag that says which of these events it gets; absent means all. */
  readonly rollout?: string | undefined;
  readonly connector: { readonly id: string; readonly title: string; readonly eventTypes: readonly EventType[] };
}

export type RouteSubject = Pick<GatewayEvent, 'source' | 'type' | 'name'>;
/** Whether a rollout's flag is true for an event. */
export type IsOn<S extends RouteSubject> = (flag: string, subject: S) => boolean;

/**
 * Ordinals of the destinations that want the event, ascending; where a rollout's flag keeps it back is not asked here. `integrations` is Segment's object
 * of that name: `{ "All": false, "Mixpanel": true }`; keys are a destination's id, or its
 * connector's id or title, in any case.
 */
export function routeOrdinals(targets: readonly RouteTarget[], subject: RouteSubject, integrations?: unknown): readonly number[] {
  return chosen(targets, subject, integrations).map(({ ordinal }) => ordinal);
}

/** The destinations that want the event, by ordinal. */
function chosen(targets: readonly RouteTarget[], subject: RouteSubject, integrations: unknown): readonly RouteTarget[] {
  const wanted = targets.filter((target) => wants(target, subject));
  const wishes = wishesOf(integrations);
  const both = wishes === null ? wanted : wanted.filter((target) => wished(target, wishes));
  return both.sort((a, b) => a.ordinal - b.ordinal);
}

export interface Router<S extends RouteSubject> {
  /** Set of destinations of this event, as the log interned it. A few Map lookups unless the event names integrations, or a destination that wants it hangs on a flag. */
  route(event: S, integrations?: unknown): number;
}

/** Where an event of some source, type and name goes. */
interface Choice {
  readonly targets: readonly RouteTarget[];
  /** Null where flags decide for each event anew. */
  readonly route: number | null;
}

/**
 * A router over one state of the documents; make a new one when a destination changes. Flags are
 * asked for each event, so that a changed one is in force at once.
 * Only names that some destination filters by are told apart, so the cache stays small however
 * many event names an app invents.
 */
export function createRouter<S extends RouteSubject>(
  targets: readonly RouteTarget[],
  intern: (ordinals: readonly number[]) => number,
  isOn: IsOn<S> = () => false,
): Router<S> {
  const filteredNames = new Set(targets.flatMap((target) => target.events));
  const bySource = new Map<string, Record<EventType, Map<string | null, Choice>>>();

  function cacheOf(source: string): Record<EventType, Map<string | null, Choice>> {
    let cache = bySource.get(source);
    if (!cache) {
      cache = { track: new Map(), identify: new Map(), page: new Map(), screen: new Map(), group: new Map(), alias: new Map() };
      bySource.set(source, cache);
    }
    return cache;
  }

  function choose(event: S, integrations?: unknown): Choice {
    const found = chosen(targets, event, integrations);
    const isGated = found.some(({ rollout }) => rollout !== undefined);
    return { targets: found, route: isGated ? null : intern(found.map(({ ordinal }) => ordinal)) };
  }

  function known(event: S): Choice {
    const names = cacheOf(event.source)[event.type];
    const key = filteredNames.has(event.name) ? event.name : null;
    let choice = names.get(key);
    if (choice === undefined) {
      choice = choose(event);
      names.set(key, choice);
    }
    return choice;
  }

  return {
    route(event, integrations) {
      const choice = wishesOf(integrations) === null ? known(event) : choose(event, integrations);
      if (choice.route !== null) return choice.route;
      return intern(choice.targets.filter(({ rollout }) => rollout === undefined || isOn(rollout, event)).map(({ ordinal }) => ordinal));
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
