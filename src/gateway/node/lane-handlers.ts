/** What limits one lane, for whoever looks at its page. */
import { appError } from '#contract/errors.ts';
import { err, ok } from '#contract/result.ts';
import type { HandlersOf } from '#gateway/control/commands/context.ts';
import { findLiving } from '#gateway/control/commands/living.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import type { Delivery } from '#gateway/delivery/delivery.ts';
import { readLimits } from '#gateway/delivery/reading.ts';

export interface LaneHandlerDeps {
  readonly store: DocumentStore;
  readonly delivery: Pick<Delivery, 'lanes'>;
  readonly now: () => number;
}

/** DOCUMENT_NOT_FOUND where there is no such destination, LANE_CLOSED while its lane is being opened. */
export function createLaneHandlers({ store, delivery, now }: LaneHandlerDeps): HandlersOf<'lane.read'> {
  return {
    'lane.read'({ destination }) {
      const found = findLiving(store, 'destination', destination);
      if (!found.ok) return found;
      const lane = delivery.lanes.get(destination);
      return lane === undefined ? err(appError('LANE_CLOSED', { destination })) : ok(readLimits(lane, now()));
    },
  };
}
