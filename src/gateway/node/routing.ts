import type { ConnectorRegistry } from '#gateway/connectors/registry.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import type { KeyAccount } from '#gateway/ingest/limits/accounts.ts';
import { indexSources, type SourceIndex } from '#gateway/ingest/source-index.ts';
import type { Treatment } from '#gateway/ingest/treatment.ts';
import type { EventLog, RouteId } from '#gateway/log/event-log.ts';
import type { GatewayEvent } from '#gateway/pipeline/event.ts';
import { createRouter, type IsOn, type Router, type RouteTarget, routeOrdinals } from '#gateway/pipeline/route.ts';

export interface Routing {
  sources(): SourceIndex;
  route(event: GatewayEvent, integrations: unknown): RouteId;
  /** Whether a destination would be given the event, if it came now. */
  takes(destination: string, event: GatewayEvent): boolean;
  /** Draws both anew from the documents. */
  refresh(): void;
}

/** Keeps the source index and the router in line with documents and ordinals. */
export function createRouting(
  store: DocumentStore,
  registry: ConnectorRegistry,
  log: EventLog,
  ordinals: ReadonlyMap<string, number>,
  treatmentOf: (source: string) => Treatment | null,
  accountOf: (source: string, label: string) => KeyAccount | null,
  isOn: IsOn<GatewayEvent>,
): Routing {
  let sources: SourceIndex;
  let router: Router<GatewayEvent>;

  function targets(): RouteTarget[] {
    return store.list('destination').flatMap(({ id }) => routeTarget(store, registry, ordinals, id) ?? []);
  }
  function refresh(): void {
    sources = indexSources(store.list('source'), treatmentOf, accountOf);
    router = createRouter(targets(), (chosen) => log.route(chosen), isOn);
  }
  refresh();
  return {
    sources: () => sources,
    route: (event, integrations) => router.route(event, integrations),
    takes(destination, event) {
      const target = routeTarget(store, registry, ordinals, destination);
      if (target === null || routeOrdinals([target], event).length === 0) return false;
      return target.rollout === undefined || isOn(target.rollout, event);
    },
    refresh,
  };
}

/** A destination as routing sees it; null where it is gone, or its lane is not open yet. */
function routeTarget(
  store: DocumentStore,
  registry: ConnectorRegistry,
  ordinals: ReadonlyMap<string, number>,
  id: string,
): RouteTarget | null {
  const value = store.get('destination', id)?.value;
  const connector = value ? registry.get(value.connector) : null;
  const ordinal = ordinals.get(id);
  if (!value || !connector || ordinal === undefined) return null;
  const { enabled, sources, events, rollout } = value;
  return { id, ordinal, enabled, sources, events, rollout: rollout?.flag, connector };
}
