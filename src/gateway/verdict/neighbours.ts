/** How the other vendors do, by origin: several destinations at one vendor are one witness. Pure. */
import type { Evidence, ProbeReading, Traffic } from './evidence.ts';
import { troubleOf } from './trouble.ts';

/** Whether a destination gets answers at the moment, good or bad; null where nobody asked lately. */
export type Standing = 'answers' | 'silent' | null;

/** Attempts older than this are no witness of the moment, ms. */
const freshMs = 30_000;

export function standingOf(traffic: Traffic, probe: ProbeReading | null, at: number): Standing {
  const isFresh = traffic.lastAt !== null && at - traffic.lastAt <= freshMs;
  if (isFresh) return troubleOf(traffic) === 'silent' ? 'silent' : 'answers';
  if (probe === null) return null;
  return probe.kind === 'unreachable' ? 'silent' : 'answers';
}

export type Neighbours = (origin: string | null) => Evidence['neighbours'];

/** What the others of an origin say. An origin that answers anybody answers. */
export function neighboursOf(standings: Iterable<{ readonly origin: string | null; readonly standing: Standing }>): Neighbours {
  const byOrigin = new Map<string, 'answers' | 'silent'>();
  for (const { origin, standing } of standings)
    if (origin !== null && standing !== null && byOrigin.get(origin) !== 'answers') byOrigin.set(origin, standing);
  const silent = [...byOrigin.values()].filter((standing) => standing === 'silent').length;
  return (origin) => {
    const own = origin === null ? undefined : byOrigin.get(origin);
    return { origins: byOrigin.size - (own === undefined ? 0 : 1), silent: silent - (own === 'silent' ? 1 : 0) };
  };
}
