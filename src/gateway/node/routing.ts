import type { ConnectorRegistry } from '#gateway/connectors/registry.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import type { KeyAccount } from '#gateway/ingest/limits/accounts.ts';
import { indexSources, type SourceIndex } from '#gateway/ingest/source-index.ts';
import type { Treatment } from '#gateway/ingest/treatment.ts';
import type { EventLog, RouteId } from '#gateway/log/event-log.ts';
import type { GatewayEvent } from '#gateway/pipeline/event.ts';
import { createRouter, type Router, type RouteTarget } from '#gateway/pipeline/route.ts';

export interface Routing {
  sources(): SourceIndex;
  route(event: GatewayEvent, integrations: unknown): RouteId;
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
): Routing {
  let sources: SourceIndex;
  let router: Router;

  function targets(): RouteTarget[] {
    return store.list('destination').flatMap(({ id, value }) => {
      const ordinal = ordinals.get(id);
      const connector = value ? registry.get(value.connector) : null;
      if (!value || !connector || ordinal === undefined) return [];
      return [{ id, ordinal, enabled: value.enabled, sources: value.sources, events: value.events, connector }];
    });
  }
  function refresh(): void {
    sources = indexSources(store.list('source'), treatmentOf, accountOf);
    router = createRouter(targets(), (chosen) => log.route(chosen));
  }
  refresh();
  return { sources: () => sources, route: (event, integrations) => router.route(event, integrations), refresh };
}
