/**
 * Asks vendors and the control address now and then, beside the deliveries: rarely while all is well, more often in
 * trouble, a few at a time. It decides when; whom and how, the caller knows.
 */
import type { ProbeReading } from './evidence.ts';

/** While all is well, in trouble, and the least between two, ms. */
export const probeEveryMs = 60_000;
export const probeInTroubleMs = 15_000;
const leastBetweenMs = 3_000;
/** The first comes after this at the earliest: a gateway that has just started has other things to do. */
const firstAfterMs = 20_000;
const mostAtOnce = 4;

export interface ProbeTarget {
  readonly id: string;
  readonly isTroubled: boolean;
  /** Null where it must not be asked, or cannot be. */
  ask(): Promise<Omit<ProbeReading, 'at'>> | null;
}

export interface Prober {
  /** Asks who is due. `targets`: all there are; what is not among them is forgotten. */
  look(targets: readonly ProbeTarget[], at: number): void;
  last(id: string): ProbeReading | null;
  /** Asks now, unless it was asked just now; resolves with the answer. */
  askNow(target: ProbeTarget): Promise<ProbeReading | null>;
  /** What was read says nothing any more: its address changed. */
  forget(id: string): void;
}

interface Known {
  reading: ProbeReading | null;
  askedAt: number;
  dueAt: number;
  wasTroubled: boolean;
  asking: Promise<void> | null;
}

/** @param now epoch ms @param random 0 ≤ random < 1 */
export function createProber(now: () => number, random: () => number): Prober {
  const known = new Map<string, Known>();
  let atOnce = 0;

  function of(id: string): Known {
    const found = known.get(id);
    if (found !== undefined) return found;
    const made = {
      reading: null,
      askedAt: Number.NEGATIVE_INFINITY,
      dueAt: now() + firstAfterMs * (1 + random()),
      wasTroubled: false,
      asking: null,
    };
    known.set(id, made);
    return made;
  }

  function ask(target: ProbeTarget, entry: Known): void {
    const asked = target.ask();
    entry.askedAt = now();
    // Spread, so that many who began together do not stay together.
    entry.dueAt = entry.askedAt + (target.isTroubled ? probeInTroubleMs : probeEveryMs) * (0.8 + 0.4 * random());
    if (asked === null) {
      entry.reading = null;
      return;
    }
    atOnce++;
    entry.asking = asked
      .then((reading) => {
        entry.reading = { ...reading, at: now() };
      })
      .finally(() => {
        atOnce--;
        entry.asking = null;
      });
  }

  function isDue(entry: Known, { isTroubled }: ProbeTarget, at: number): boolean {
    if (entry.asking !== null || at - entry.askedAt < leastBetweenMs) return false;
    const hasBegun = isTroubled && !entry.wasTroubled;
    return hasBegun || at >= entry.dueAt;
  }

  return {
    look(targets, at) {
      const ids = new Set(targets.map(({ id }) => id));
      for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
      for (const target of targets) {
        const entry = of(target.id);
        if (atOnce < mostAtOnce && isDue(entry, target, at)) ask(target, entry);
        entry.wasTroubled = target.isTroubled;
      }
    },
    last: (id) => known.get(id)?.reading ?? null,
    async askNow(target) {
      const entry = of(target.id);
      if (entry.asking === null && now() - entry.askedAt >= leastBetweenMs) ask(target, entry);
      await entry.asking;
      return entry.reading;
    },
    forget: (id) => void known.delete(id),
  };
}
