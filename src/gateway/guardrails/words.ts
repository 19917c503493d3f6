/** What a guardrail found, as an operator reads it. */
import { type Guardrail, isShare, type Subject } from '#contract/documents/guardrail.ts';
import { type Finding, leastSeconds } from './finding.ts';

export function wordsOf(guardrail: Guardrail, found: Finding): string {
  return isShare(guardrail.metric) ? shareWords(guardrail, found) : levelWords(guardrail, found);
}

const samplesOf: Readonly<Record<Guardrail['metric'], string>> = {
  errors: 'attempts',
  deadLetters: 'events',
  slow: 'requests',
  turnedAway: 'events',
  waiting: 'seconds',
  delivered: 'seconds',
};

function shareWords(guardrail: Guardrail, found: Finding): string {
  const { value, certain, bound, samples, needed, seconds, lacks } = found;
  const measured =
    value === null
      ? `nothing was measured${whereOf(guardrail.subject)} yet`
      : `${percent(value)} of ${exact(samples)} ${whatOf(guardrail)}`;
  const limit = bound === null ? '' : `; allowed are ${percent(bound)}${againstOf(guardrail)}`;
  if (found.verdict === 'waiting') return `${measured}${limit}; waits for ${missing({ samples, needed, seconds, lacks }, guardrail)}`;
  const isAbove = guardrail.comparator === 'above';
  if (found.verdict === 'breached')
    return `${measured} in ${span(guardrail.windowMs)}, with certainty ${isAbove ? 'more' : 'less'} than ${percent(certain ?? 0)}${limit}`;
  const isNear = value !== null && bound !== null && (isAbove ? value > bound : value < bound);
  return `${measured}${limit}${isNear ? '; that may still be chance' : ''}`;
}

function missing(
  { samples, needed, seconds, lacks }: Pick<Finding, 'samples' | 'needed' | 'seconds' | 'lacks'>,
  guardrail: Guardrail,
): string {
  if (lacks === 'before') return 'a measure of the time before, of which there is none';
  if (samples < needed) return `samples (${exact(samples)} of ${exact(needed)} ${samplesOf[guardrail.metric]})`;
  if (lacks === 'other') return 'samples of what it is compared with';
  return `samples from more seconds (${seconds} of ${leastSeconds(guardrail.windowMs)})`;
}

function levelWords(
  { metric, subject, comparator, windowMs }: Guardrail,
  { verdict, value, certain, bound, samples, needed }: Finding,
): string {
  const unit = metric === 'delivered' ? ' a second' : '';
  const what = metric === 'delivered' ? 'delivered' : 'waiting';
  const now = value === null ? `nothing was measured${whereOf(subject)} yet` : `${exact(value)} ${what}${unit}${whereOf(subject)}`;
  const limit = `${comparator === 'above' ? 'at most' : 'at least'} ${exact(bound ?? 0)} allowed`;
  if (verdict === 'waiting') return `${now}; ${limit}; waits for samples (${samples} of ${needed} seconds)`;
  if (verdict === 'ok') return `${now}; ${limit}`;
  return `${comparator === 'above' ? 'never below' : 'never above'} ${exact(certain ?? 0)} ${what}${unit}${whereOf(subject)} in ${span(windowMs)}; ${limit}`;
}

function whatOf({ metric, subject, classes, overMs }: Guardrail): string {
  const where = whereOf(subject);
  switch (metric) {
    case 'slow':
      return `requests${where} took over ${exact(overMs ?? 0)} ms`;
    case 'deadLetters':
      return `events${where} ended as dead letters`;
    case 'turnedAway':
      return `events${where} were turned away`;
    default:
      return `attempts${where} failed${classes === undefined ? '' : ` (${classes.join(', ')})`}`;
  }
}

function whereOf(subject: Subject): string {
  if (subject.type === 'gateway') return '';
  return subject.type === 'source' ? ` from ${subject.id}` : ` at ${subject.id}`;
}

function againstOf({ limit }: Guardrail): string {
  if (limit.type === 'threshold') return '';
  return limit.type === 'before' ? ' (as before, and the margin)' : ` (as${whereOf(limit.subject)} now, and the margin)`;
}

/** Three figures; never 0 or 100 where it is neither. */
export function percent(share: number): string {
  if (share === 0 || share === 1) return `${share * 100} %`;
  const value = share * 100;
  if (value < 0.01) return 'under 0.01 %';
  return value > 99.9 ? 'over 99.9 %' : `${Number(value.toPrecision(3))} %`;
}

function exact(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 1 : 0 });
}

function span(ms: number): string {
  return ms % 60_000 === 0 ? `${ms / 60_000} min` : `${Math.round(ms / 1000)} s`;
}
