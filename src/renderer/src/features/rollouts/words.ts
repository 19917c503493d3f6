/** Pure: how a rollout is told to a person. */
import { type Guardrail, isShare, type Judgement, type Subject } from '#contract/documents/guardrail.ts';
import type { Rollout, RolloutEntry } from '#contract/documents/rollout.ts';
import type { RolloutReading } from '#contract/operations/rollouts.ts';
import { age, approximate, duration, type Quantity, ratio, toText } from '#renderer/ui/quantity.ts';
import type { MarkState } from '#renderer/ui/state.ts';

export interface Standing {
  readonly word: string;
  readonly mark: MarkState;
}

export function standingOf({ state, evidence }: Pick<Rollout, 'state' | 'evidence'>): Standing {
  switch (state) {
    case 'running':
      return { word: 'Running', mark: 'healthy' };
    case 'paused':
      return { word: 'Paused', mark: evidence.at(-1)?.by === 'rollout' ? 'held' : 'parked' };
    case 'reverted':
      return evidence.at(-1)?.by === 'rollout' ? { word: 'Reverted itself', mark: 'failing' } : { word: 'Reverted', mark: 'off' };
    case 'done':
      return { word: 'Done', mark: 'healthy' };
    case 'cancelled':
      return { word: 'Ended by a person', mark: 'off' };
  }
}

export function verdictOf({ verdict }: Judgement): Standing {
  switch (verdict) {
    case 'ok':
      return { word: 'Holds', mark: 'healthy' };
    case 'waiting':
      return { word: 'Waits for samples', mark: 'none' };
    case 'breached':
      return { word: 'Breached', mark: 'failing' };
  }
}

/** `5 %`. A share that somebody set, so it is written as it was set. */
export const percentText = (percent: number | null) => (percent === null ? '–' : `${percent} %`);

const metricWords: Readonly<Record<Guardrail['metric'], string>> = {
  errors: 'Failed attempts',
  deadLetters: 'New dead letters',
  slow: 'Slow requests',
  turnedAway: 'Events turned away',
  waiting: 'Waiting',
  delivered: 'Delivered a second',
};
export const metricTitle = (metric: Guardrail['metric']) => metricWords[metric];

export function subjectWords(subject: Subject, nameOf: (id: string) => string): string {
  if (subject.type === 'gateway') return 'all destinations';
  return subject.type === 'source' ? `source ${subject.id}` : nameOf(subject.id);
}

/** `Failed attempts at HubSpot`. */
export function railTitle({ metric, subject, overMs }: Guardrail, nameOf: (id: string) => string): string {
  const over = overMs === undefined ? '' : ` (over ${toText(duration(overMs))})`;
  return `${metricWords[metric]}${over}, ${subjectWords(subject, nameOf)}`;
}

/** A value of a guardrail's metric. */
export function railQuantity({ metric }: Guardrail): (value: number | null) => Quantity {
  return isShare(metric) ? ratio : approximate;
}

/** `reverts above 2 % of 5 m`. */
export function railRule(guardrail: Guardrail): string {
  const { limit, comparator, onBreach, windowMs } = guardrail;
  const does = onBreach === 'revert' ? 'reverts' : 'pauses';
  const span = toText(age(windowMs));
  if (limit.type === 'threshold') return `${does} ${comparator} ${limitText(guardrail, limit.value)} in ${span}`;
  const than = limit.type === 'before' ? `in the ${toText(age(limit.lastMs))} before` : 'the other one now';
  return `${does} when ${limitText(guardrail, limit.margin)} worse than ${than}, in ${span}`;
}

/** A limit as somebody set it: `2 %`. */
function limitText({ metric }: Guardrail, value: number): string {
  return isShare(metric) ? percentText(Number((value * 100).toPrecision(6))) : value.toLocaleString('en-US');
}

/** What it will do next, and when: `goes to 25 % in 4 m, if every guardrail holds`. */
export function nextWords({ steps, step, state }: Rollout, next: RolloutReading['next'] | null, now: number): string {
  if (state === 'paused') return 'Nothing by itself, until somebody resumes it. Guardrails that revert still do.';
  if (state === 'reverted') return 'Nothing by itself. It can be resumed, from a step of your choice.';
  if (state !== 'running') return 'Nothing: it is over.';
  if (next === null) return 'Asking the gateway…';
  const percent = steps[step + 1]?.percent;
  const does = next.does === 'advance' ? `goes to ${percentText(percent ?? null)}` : 'is done';
  const leftMs = next.at === null ? 0 : next.at - now;
  if (leftMs > 0) return `It ${does} in ${toText(age(leftMs))}, if every guardrail holds then.`;
  return next.waitsFor === '' ? `It ${does} within a second.` : `It ${does} as soon as every guardrail has its sample.`;
}

const deedWords: Readonly<Record<RolloutEntry['did'], string>> = {
  started: 'started it',
  advanced: 'went on',
  paused: 'paused it',
  resumed: 'resumed it',
  reverted: 'took it back',
  finished: 'finished it',
  stopped: 'ended it',
};

/** After who did it: `went on, 25 %`. */
export function deedText({ did, percent }: RolloutEntry): string {
  return `${deedWords[did]}${percent === null || did === 'paused' ? '' : `, ${percentText(percent)}`}`;
}

/** `The rollout went on, 25 %`. */
export function entryWords(entry: RolloutEntry): string {
  return `${entry.by === 'rollout' ? 'The rollout' : entry.by} ${deedText(entry)}`;
}

/** `1, 5, 25` as numbers; null where it is anything else, or does not grow. */
export function parsePercents(text: string): readonly number[] | null {
  const percents = text
    .split(/[\s,;]+/)
    .filter((part) => part !== '')
    .map(Number);
  const isRising = percents.every((percent, index) => percent > (percents[index - 1] ?? 0) && percent <= 100);
  return percents.length > 0 && isRising ? percents : null;
}
