import type { DestinationTick } from '#contract/telemetry/tick.ts';
import { count } from './units.ts';

/** What is unusual about a lane though its state does not say so: a breaker held by a person, a limited rate, users whose order was given up. */
export function laneNotes({ breaker, breakerDetail, rate, order }: DestinationTick): readonly string[] {
  const notes: string[] = [];
  if (breakerDetail?.forced && breaker === 'closed')
    notes.push(
      `breaker ${breakerDetail.why}${breakerDetail.measured === 'closed' ? '' : `, by itself it would be ${breakerDetail.measured}`}`,
    );
  if (rate && rate.throttledAt !== null) notes.push(`throttled by the vendor: ${count(Math.ceil(rate.perSecond))} events/s`);
  else if (rate) notes.push(`at most ${count(Math.ceil(rate.perSecond))} events/s`);
  if (order && order.givenUp > 0) notes.push(`order given up for ${count(order.givenUp)} users`);
  return notes;
}
