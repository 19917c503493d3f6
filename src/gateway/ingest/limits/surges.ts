/** Notices that a source sends many times more than usual, and holds it back where that is wanted. */
import type { Abuse } from '#contract/documents/limits.ts';
import type { SourceAccount } from './accounts.ts';
import { DayCount } from './quota.ts';
import { Standing } from './standing.ts';

/** A surge is over once the source kept below its threshold for so long, s. */
const calmSeconds = 60;

export interface Surges {
  /** Called once a second, after the source's rate was noted. Says so where a surge begins. */
  look(source: SourceAccount, abuse: Abuse, now: number): string | null;
}

interface Surge {
  readonly perSecond: number;
  calm: number;
}

const round = (perSecond: number) => Number(perSecond.toPrecision(3));

export function createSurges(): Surges {
  const surging = new WeakMap<SourceAccount, Surge>();

  function end(source: SourceAccount): null {
    surging.delete(source);
    source.surge = null;
    return null;
  }

  return {
    look(source, abuse, now) {
      const { usual, now: rate } = source.usual;
      const known = surging.get(source);
      if (abuse.surge === 'off') return known ? end(source) : null;
      if (known) {
        known.calm = rate < known.perSecond ? known.calm + 1 : 0;
        if (known.calm >= calmSeconds) return end(source);
        if (abuse.surge === 'alert') source.surge = null;
        return null;
      }
      const perSecond = Math.max(abuse.surgeFloorPerSecond, abuse.surgeFactor * (usual ?? Number.POSITIVE_INFINITY));
      if (rate <= perSecond) return null;
      surging.set(source, { perSecond, calm: 0 });
      if (abuse.surge === 'throttle') {
        source.surge = new Standing('source', new DayCount(0, 0));
        source.surge.setLimits({ ratePerSecond: perSecond }, now);
      }
      const held = abuse.surge === 'throttle' ? `; held at ${round(perSecond)}` : '';
      return `sends ${round(rate)} events a second, usually ${round(usual ?? 0)}${held}`;
    },
  };
}
