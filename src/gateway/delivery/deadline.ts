/** When an event is too old to be sent: by its destination's deadline, or because its vendor would refuse or drop it. */
import type { GatewayEvent } from '#gateway/pipeline/event.ts';
import { happenedAt } from '#gateway/pipeline/happened-at.ts';
import type { LaneSpec } from './lane-spec.ts';

/** Whether an event is too old at `now`, epoch ms. */
export type Deadline = (record: { readonly receivedAt: number; readonly event: GatewayEvent }, now: number) => boolean;

/** Left to a request, ms: what would be too old when the vendor looks at it is not sent. */
const marginMs = 1000;

/**
 * The deadline of a destination counts from when an event was received, the vendor's from when it happened, as vendors do.
 * Null where neither has one, so that nothing is asked.
 */
export function deadlineOf({
  destination,
  connector,
  settings,
}: Pick<LaneSpec, 'destination' | 'connector' | 'settings'>): Deadline | null {
  const { maxAgeMs } = destination.delivery;
  const { freshnessMs, freshnessOf } = connector;
  if (maxAgeMs === undefined && freshnessMs === null) return null;
  return ({ receivedAt, event }, now) => {
    if (maxAgeMs !== undefined && now - receivedAt > maxAgeMs) return true;
    const fresh = freshnessOf === undefined ? freshnessMs : freshnessOf(event, settings);
    return fresh !== null && now - happenedAt(event) > fresh - marginMs;
  };
}
