/** Pure: what is being typed in the dialog that starts a rollout, and the command that it makes. */
import type { Destination } from '#contract/documents/destination.ts';
import type { Flag } from '#contract/documents/flag.ts';
import { guardrailMetrics, isShare } from '#contract/documents/guardrail.ts';
import type { InputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { parsePercents } from './words.ts';

type StartInput = InputOf<Operations['rollout.start']>;
export type RailInput = StartInput['guardrails'][number];
export type Metric = (typeof guardrailMetrics)[number];

/** Metrics that the dialog offers: those of a destination. Others are for `sluice call rollout.start`. */
export const offeredMetrics = guardrailMetrics.filter((metric) => metric !== 'turnedAway');

/** How far it may go: per cent of a share, or a number. `before`: so many points more than in the hour before. */
export interface RailDraft {
  readonly metric: Metric;
  readonly destination: string;
  readonly kind: 'threshold' | 'before';
  readonly limit: number;
  readonly overMs: number;
  readonly onBreach: 'revert' | 'pause';
}

export interface Draft {
  readonly flag: string;
  readonly variant: string;
  readonly steps: string;
  readonly soakMinutes: number;
  readonly rails: readonly RailDraft[];
}

export const usualSteps = '1, 5, 25, 50, 100';
const usualSoakMinutes = 10;

export function railFor(destination: string): RailDraft {
  return { metric: 'errors', destination, kind: 'threshold', limit: 2, overMs: 2000, onBreach: 'revert' };
}

/** The variant that nobody who is not targeted gets: the new one. */
export function newVariant({ variants, defaultVariant }: Flag): string {
  return Object.keys(variants).find((variant) => variant !== defaultVariant) ?? defaultVariant;
}

interface Named {
  readonly id: string;
  readonly value: Destination | null;
}

/** Whoever hangs on the flag, else the first destination. */
export function watchedFor(flag: string, destinations: readonly Named[]): string {
  return (destinations.find(({ value }) => value?.rollout?.flag === flag) ?? destinations[0])?.id ?? '';
}

export function draftFor(flag: string, value: Flag | null, destinations: readonly Named[]): Draft {
  const destination = watchedFor(flag, destinations);
  return {
    flag,
    variant: value === null ? '' : newVariant(value),
    steps: usualSteps,
    soakMinutes: usualSoakMinutes,
    rails: destination === '' ? [] : [railFor(destination)],
  };
}

/** What would be sent; null while something is missing. */
export function inputOf({ flag, variant, steps, soakMinutes, rails }: Draft): StartInput | null {
  const percents = parsePercents(steps);
  if (percents === null || flag === '' || variant === '' || rails.length === 0) return null;
  return {
    flag,
    variant,
    steps: percents.map((percent) => ({ percent, soakMs: Math.round(soakMinutes * 60_000) })),
    guardrails: rails.map(guardrailOf),
  };
}

function guardrailOf({ metric, destination, kind, limit, overMs, onBreach }: RailDraft): RailInput {
  const share = limit / 100;
  return {
    metric,
    subject: { type: 'destination', id: destination },
    limit:
      kind === 'before' && canCompare(metric)
        ? { type: 'before', margin: share }
        : { type: 'threshold', value: isShare(metric) ? share : limit },
    ...(metric === 'slow' ? { overMs } : {}),
    ...(metric === 'delivered' ? { comparator: 'below' } : {}),
    onBreach,
  };
}

/** Whether the time before is stored of it. */
export function canCompare(metric: Metric): boolean {
  return metric === 'errors' || metric === 'deadLetters';
}
