import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { useQuery } from '#renderer/client/use-query.ts';

export type LaneLimits = OutputOf<Operations['lane.read']>;
export type TransportReading = OutputOf<Operations['transport.read']>;
export type DestinationTransport = TransportReading['destinations'][number];

const everyMs = 2000;

/** What limits a destination now, asked again every two seconds. */
export function useLane(id: string) {
  return useQuery('lane.read', { destination: id }, { refreshMs: everyMs });
}

/** How it is reached now, asked again every two seconds. */
export function useTransport(id: string) {
  const query = useQuery('transport.read', { destination: id }, { refreshMs: everyMs });
  return { ...query, transport: query.data?.destinations[0] ?? null };
}

const warningsEveryMs = 60_000;

/** How many of its certificates end soon, or have ended. */
export function useTransportWarnings(id: string): number {
  return useQuery('transport.read', { destination: id, warningsOnly: true }, { refreshMs: warningsEveryMs }).data?.warnings.length ?? 0;
}
