/** Where divert switches send events, as a graph: from each lane in a switch's scope to its target. */
import type { Switch } from '#contract/documents/switch.ts';

/** Whether a divert switch sends events of this lane elsewhere. Its own target keeps what it has. */
export function divertsLane({ scope, mode, to }: Pick<Switch, 'scope' | 'mode' | 'to'>, destination: string): boolean {
  if (mode !== 'divert' || to === destination) return false;
  return scope.type !== 'destination' || scope.destination === destination;
}

/**
 * A way on which events would come back to where they were, as destinations in order; null where there is none. Scopes of
 * source and event name count for every lane, though no single event may fall under both: what never circles must be plain to see.
 */
export function findCircle(switches: readonly Switch[], destinations: Iterable<string>): readonly string[] | null {
  const targets = new Map<string, readonly string[]>();
  const diverts = switches.filter(({ mode }) => mode === 'divert');
  const all = new Set([...destinations, ...diverts.flatMap(({ to }) => to ?? [])]);
  for (const lane of all) targets.set(lane, [...new Set(diverts.flatMap((each) => (divertsLane(each, lane) ? (each.to ?? []) : [])))]);
  const done = new Set<string>();

  function walk(lane: string, way: readonly string[]): readonly string[] | null {
    const at = way.indexOf(lane);
    if (at >= 0) return [...way.slice(at), lane];
    if (done.has(lane)) return null;
    for (const next of targets.get(lane) ?? []) {
      const circle = walk(next, [...way, lane]);
      if (circle) return circle;
    }
    done.add(lane);
    return null;
  }
  for (const lane of all) {
    const circle = walk(lane, []);
    if (circle) return circle;
  }
  return null;
}
