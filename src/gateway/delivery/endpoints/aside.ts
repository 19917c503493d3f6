/** What becomes of events that cannot go to the endpoint in use: they are put aside, and none is lost. */
import type { End, Entry } from '../window.ts';
import type { LaneEndpoints, Wait } from './lane-endpoints.ts';
import type { Route } from './route.ts';
import { waitingClass } from './waiting-class.ts';

function row(entry: Entry, endpoints: LaneEndpoints, now: number, detail: string): End {
  const { seq, gen } = entry.record;
  const domain = endpoints.domainOf(entry);
  const known = domain === null ? {} : { domain };
  const dueAt = now + endpoints.lookAgainMs;
  return { to: 'row', row: { seq, gen, state: 'retrying', attempt: entry.attempt, dueAt, class: waitingClass, detail, ...known } };
}

/** How an event waits. For consent it is held, which costs next to nothing, and looked at again when another endpoint is in use. */
function endOfWait(entry: Entry, wait: Wait, endpoints: LaneEndpoints, now: number): End {
  if (wait === 'consent' && entry.record.gen === 0) return { to: 'held' };
  if (wait === 'consent') return row(entry, endpoints, now, 'its person does not allow the endpoint in use');
  return row(entry, endpoints, now, `waits for an endpoint in ${endpoints.domainOf(entry)}: it may have arrived there`);
}

/** Those of `entries` that may go to `route`; the others are ended. */
export function fitting(
  entries: Entry[],
  route: Route,
  endpoints: LaneEndpoints,
  { now, ended }: { now(): number; ended(entry: Entry, end: End): void },
): Entry[] {
  // Nearly always: one endpoint, or several that know each other's events and ask for no consent of their own.
  if (route.domain === null && route.gate === null) return entries;
  return entries.filter((entry) => {
    const wait = endpoints.waitOf(entry, route);
    if (wait !== null) ended(entry, endOfWait(entry, wait, endpoints, now()));
    return wait === null;
  });
}

/** How an event ends that may have been in flight when the process died, while the lane leaves the domain in which it may be. */
export function endOfUnknown(entry: Entry, endpoints: LaneEndpoints, now: number): End {
  return row(entry, endpoints, now, 'may have been in flight when the gateway stopped');
}
