import { useMemo } from 'react';
import type { Document } from '#contract/documents/document.ts';
import { useDocuments } from '#renderer/client/documents.ts';
import { type FlowRates, useFlowRates } from '#renderer/streams/flow-rates.ts';
import type { DestinationLive } from '#renderer/streams/live.ts';
import { useTelemetry } from '#renderer/streams/telemetry.ts';
import { type FlowLayout, layoutFlow } from './layout.ts';
import { pickShown, type Shown } from './pick.ts';

export interface FlowModel {
  readonly rates: FlowRates;
  readonly sources: readonly Document<'source'>[];
  readonly destinations: ReadonlyMap<string, DestinationLive>;
  readonly shown: readonly Shown[];
  readonly rest: readonly Shown[];
  readonly layout: FlowLayout;
}

/** The id under which everything that does not fit the picture is summed. No document can have it. */
export const restId = '…';
const mostShown = 18;

export function useFlow(): FlowModel {
  const rates = useFlowRates();
  const sources = useDocuments('source');
  const documents = useDocuments('destination');
  const destinations = useTelemetry((state) => state.destinations);
  return useMemo(() => {
    const into = (id: string) => [...rates.flows.values()].reduce((sum, out) => sum + (out.get(id) ?? 0), 0);
    const all = documents.map(
      ({ id, value }): Shown => ({ id, name: value?.name ?? id, state: destinations.get(id)?.state ?? 'none', ratePerSecond: into(id) }),
    );
    const { shown, rest } = pickShown(all, mostShown);
    const routed = new Map(documents.map(({ id, value }) => [id, value?.enabled === false ? null : (value?.sources ?? [])]));
    const layout = layoutFlow({
      sources: sources.map(({ id }) => id),
      destinations: [...shown.map(({ id }) => id), ...(rest.length > 0 ? [restId] : [])],
      rate: (source, destination) => {
        const out = rates.flows.get(source);
        return destination === restId ? rest.reduce((sum, each) => sum + (out?.get(each.id) ?? 0), 0) : (out?.get(destination) ?? 0);
      },
      isRouted: (source, destination) => {
        if (destination === restId) return true;
        const from = routed.get(destination);
        return from != null && (from.length === 0 || from.includes(source));
      },
    });
    return { rates, sources, destinations, shown, rest, layout };
  }, [rates, sources, documents, destinations]);
}
