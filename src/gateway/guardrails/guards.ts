/**
 * The guardrail engine. Whoever changes something in steps makes guards of its guardrails, gives them each second of
 * telemetry, and asks what they say:
 *
 *   ok        nothing speaks against it
 *   waiting   the sample is too small to say anything, which is neither good nor bad: do not go on
 *   breached  it is beyond the bound, and chance does not explain it
 *
 * A share is judged by an exact limit that allows for bursts (share.ts). Looking every second would find chance doing something
 * rare sooner or later, so the chance of a false alarm is shared out: `falseAlarms` for all guardrails of one run and all looks at
 * them together, however long it lasts. A reading has no sampling error: it is breached where it was beyond its threshold
 * throughout the window. The engine is pure: it keeps no clock, reads no document and acts on nothing.
 */
import { type Baseline, type Guardrail, isShare, type Judgement } from '#contract/documents/guardrail.ts';
import { type Finding, leastSeconds, secondsIn } from './finding.ts';
import { createGauge, type Gauge, type Second } from './measure.ts';
import { shareOfLook } from './share.ts';
import { Sliding } from './sliding.ts';
import { wordsOf } from './words.ts';

/** The chance that noise alone breaches any guardrail of one run, over all looks at it. */
export const falseAlarms = 0.005;

export interface Guards {
  /** Takes one second of telemetry. */
  take(second: Second): void;
  /**
   * What each says now, in their order.
   * @param look how many seconds ago the run began, so that what was spent of the chance of a false alarm survives a restart
   */
  verdicts(look: number): readonly Judgement['verdict'][];
  /** The same with the figures and in words; dearer. */
  judge(look: number): readonly Judgement[];
  /** Begins new samples: what was measured was of another state of things. */
  clear(): void;
}

interface Guard {
  take(at: number, second: Second): void;
  verdict(alpha: number): Judgement['verdict'];
  find(alpha: number): Finding;
  clear(): void;
}

/** @param baselines for each guardrail that is held against the time before: what was measured then */
export function createGuards(guardrails: readonly Guardrail[], baselines: readonly (Baseline | null)[] = []): Guards {
  const guards = guardrails.map((guardrail, index) =>
    isShare(guardrail.metric) ? shareGuard(guardrail, baselines[index] ?? null) : levelGuard(guardrail),
  );
  const alphaOf = (look: number) => (falseAlarms / guardrails.length) * shareOfLook(look);
  /** The second in which a sample begins holds some of what was before. */
  let isFirst = true;
  return {
    take(second) {
      for (const guard of isFirst ? [] : guards) guard.take(second.tick.at, second);
      isFirst = false;
    },
    verdicts: (look) => guards.map((guard) => guard.verdict(alphaOf(look))),
    judge: (look) =>
      guards.map((guard, index) => {
        const { seconds, lacks, ...found } = guard.find(alphaOf(look));
        return { ...found, words: wordsOf(guardrails[index] as Guardrail, { ...found, seconds, lacks }) };
      }),
    clear() {
      isFirst = true;
      for (const guard of guards) guard.clear();
    },
  };
}

function shareGuard(guardrail: Guardrail, baseline: Baseline | null): Guard {
  const { limit, minSamples, windowMs, comparator } = guardrail;
  const gauge = createGauge(guardrail, guardrail.subject);
  const otherGauge: Gauge | null = limit.type === 'subject' ? createGauge(guardrail, limit.subject) : null;
  let own = new Sliding(windowMs);
  let other = new Sliding(windowMs);

  function boundOf(alpha: number): number | null {
    if (limit.type === 'threshold') return limit.value;
    const most = limit.type === 'before' ? baseline?.atMost : other.sums.n < minSamples ? undefined : other.sums.atMost(alpha);
    return most === undefined ? null : Math.min(1, most + limit.margin);
  }
  function judge(alpha: number) {
    const { sums } = own;
    // Where both sides are measured, each may err.
    const each = limit.type === 'subject' ? alpha / 2 : alpha;
    const bound = boundOf(each);
    const isEnough = sums.n >= minSamples && sums.seconds >= leastSeconds(windowMs) && bound !== null;
    const isBeyond = isEnough && (comparator === 'above' ? sums.isAbove(bound, each) : sums.isBelow(bound, each));
    return { verdict: isBeyond ? 'breached' : isEnough ? 'ok' : 'waiting', bound, each } as const;
  }
  return {
    take(at, second) {
      own.add(at, gauge(second));
      if (otherGauge) other.add(at, otherGauge(second));
    },
    verdict: (alpha) => judge(alpha).verdict,
    find(alpha) {
      const { verdict, bound, each } = judge(alpha);
      const { sums } = own;
      const certain = sums.n === 0 ? null : comparator === 'above' ? sums.atLeast(each) : sums.atMost(each);
      const lacks = bound !== null ? 'nothing' : limit.type === 'before' ? 'before' : 'other';
      return { verdict, value: sums.value, certain, bound, samples: sums.n, needed: minSamples, seconds: sums.seconds, lacks };
    },
    clear() {
      own = new Sliding(windowMs);
      other = new Sliding(windowMs);
    },
  };
}

function levelGuard(guardrail: Guardrail): Guard {
  const { limit, minSamples, windowMs, comparator } = guardrail;
  const gauge = createGauge(guardrail, guardrail.subject);
  const bound = limit.type === 'threshold' ? limit.value : null;
  const needed = Math.min(minSamples, secondsIn(windowMs));
  let readings = new Sliding(windowMs);

  function find(): Finding {
    const levels = readings.levels();
    const { n = 0, last = null } = levels ?? {};
    // Beyond it throughout: the reading nearest to being well is what is certain.
    const certain = levels && (comparator === 'above' ? levels.least : levels.largest);
    const isEnough = n >= needed && certain !== null && bound !== null;
    const isBeyond = isEnough && (comparator === 'above' ? certain > bound : certain < bound);
    const verdict = isBeyond ? 'breached' : isEnough ? 'ok' : 'waiting';
    return { verdict, value: last, certain, bound, samples: n, needed, seconds: n, lacks: 'nothing' };
  }
  return {
    take: (at, second) => readings.add(at, gauge(second)),
    verdict: () => find().verdict,
    find,
    clear() {
      readings = new Sliding(windowMs);
    },
  };
}
