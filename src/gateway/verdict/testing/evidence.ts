import type { Evidence, FeedStatus, ProbeReading, Traffic } from '../evidence.ts';

export const at = Date.UTC(2026, 0, 5, 3, 12);

/** A vendor that answers, in a minute of which nothing else is known. Tests say what differs. */
export function evidence(
  parts: Partial<Omit<Evidence, 'traffic' | 'lane'>> & { traffic?: Partial<Traffic>; lane?: Partial<Evidence['lane']> } = {},
): Evidence {
  return {
    at,
    probe: null,
    feed: null,
    neighbours: { origins: 0, silent: 0 },
    control: null,
    ...parts,
    lane: { state: 'flowing', cause: 'none', why: '', ...parts.lane },
    traffic: { delivered: 100, errors: {}, isSlow: false, lastAt: at, ...parts.traffic },
  };
}

export function probe(kind: ProbeReading['kind'], via: ProbeReading['via'] = 'check'): ProbeReading {
  return { kind, via, at, detail: '' };
}

export function feed(status: FeedStatus, title = 'Elevated API errors'): Evidence['feed'] {
  return { at, report: { status, title, since: at - 60_000 }, problem: '' };
}
