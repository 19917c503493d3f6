import type { Baseline, Guardrail } from '#contract/documents/guardrail.ts';
import type { History } from '#contract/telemetry/history.ts';
import { falseAlarms } from './guards.ts';
import { ShareSums } from './share.ts';

/**
 * What a share was in the time that a history tells of, and what it may have been at most. Null where there was less than the
 * sample that the guardrail wants. Measured once, so it spends its chance of an error once.
 */
export function baselineOf({ metric, classes, minSamples }: Guardrail, { series, stepMs }: History): Baseline | null {
  const sums = new ShareSums();
  const at = (name: string, point: number) => series[name]?.[point] ?? 0;
  const points = Math.max(0, ...Object.values(series).map((values) => values.length));
  let deadBefore: number | null = null;
  for (let point = 0; point < points; point++) {
    // Counts are kept as events a second.
    const count = (names: readonly string[]) => Math.round((names.reduce((sum, name) => sum + at(name, point), 0) * stepMs) / 1000);
    const delivered = count(['delivered']);
    if (metric === 'errors') {
      sums.add(count(classes?.map((name) => `error.${name}`) ?? ['failed']), count(['failed']) + delivered);
    } else if (metric === 'deadLetters') {
      const dead = at('dead', point);
      const bad: number = Math.max(0, dead - (deadBefore ?? dead));
      deadBefore = dead;
      sums.add(bad, bad + delivered);
    } else {
      const bad = count(['malformed', 'quarantined', 'refused']);
      sums.add(bad, bad + count(['accepted', 'duplicate', 'throttled']));
    }
  }
  return sums.value === null || sums.n < minSamples ? null : { value: sums.value, atMost: sums.atMost(falseAlarms / 2), samples: sums.n };
}
