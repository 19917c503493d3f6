import type { Connector } from './connector.ts';
import { ga4 } from './ga4/ga4.ts';
import { meta } from './meta/meta.ts';
import { mixpanel } from './mixpanel/mixpanel.ts';
import { webhook } from './webhook/webhook.ts';

export interface ConnectorRegistry {
  /** The connector of this id; null where there is none. */
  get(id: string): Connector | null;
  /** All of them, by title. */
  list(): readonly Connector[];
}

/** The connectors that this gateway knows. A new one is added here and nowhere else. */
export function createRegistry(): ConnectorRegistry {
  const connectors: readonly Connector[] = [ga4, meta, mixpanel, webhook];
  const byId = new Map(connectors.map((connector) => [connector.id, connector]));
  return {
    get: (id) => byId.get(id) ?? null,
    list: () => connectors,
  };
}
