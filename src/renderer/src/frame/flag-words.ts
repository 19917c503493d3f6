/** Pure: a flag in an operator's words. */
import type { Flag } from '#contract/documents/flag.ts';
import { type Audience, audienceOf, onlyVariant, percentOf, type Spread } from '#contract/documents/flag-share.ts';
import type { StaleReason } from '#contract/documents/flag-stale.ts';
import { axisText, ratio } from '#renderer/ui/quantity.ts';

/** `on for 25 % of users, and for plan = pro`: who gets what. */
export function audienceWords(flag: Flag): string {
  if (flag.state === 'DISABLED') return 'nobody: disabled';
  const audience = audienceOf(flag);
  if (audience === null) return 'by a rule of its own';
  const variant = leading(flag);
  const only = onlyVariant(flag);
  if (only !== null) return `${only} for everybody`;
  if (isPlain(audience, variant, flag)) return plainWords(audience, variant);
  const segments = audience.segments.map(({ condition, spread }) => `${spreadWords(spread)} for ${conditionWords(condition)}`);
  const others = spreadWords(audience.everybodyElse);
  return segments.length === 0 ? others : `${segments.join(', ')}; others: ${others}`;
}

/** The variant whose share says how far a rollout is: that of `true`, or the first that is not the default. */
export function leading({ variants, defaultVariant }: Pick<Flag, 'variants' | 'defaultVariant'>): string {
  const names = Object.keys(variants);
  return names.find((name) => variants[name] === true) ?? names.find((name) => name !== defaultVariant) ?? defaultVariant;
}

/** Two variants, and segments that all get the leading one: told by that one alone. */
function isPlain({ segments, everybodyElse }: Audience, variant: string, { variants }: Flag): boolean {
  const isWhole = segments.every(({ spread }) => percentOf(spread, variant) === 100);
  return Object.keys(variants).length <= 2 && isWhole && (everybodyElse.bucketBy === null || segments.length === 0);
}

function plainWords({ segments, everybodyElse }: Audience, variant: string): string {
  const percent = percentOf(everybodyElse, variant);
  const names = segments.map(({ condition }) => conditionWords(condition));
  const whom = everybodyElse.bucketBy === null ? 'users' : `the buckets of ${conditionWords(everybodyElse.bucketBy)}`;
  const share = percent === 100 ? 'everybody else' : `${percentText(percent)} of ${whom}`;
  if (percent === 0) return `${variant} for ${names.join(', ')} only`;
  return `${variant} for ${[share, ...names.map((name) => `for ${name}`)].join(', and ')}`;
}

function spreadWords({ shares }: Spread): string {
  const got = shares.filter(({ percent }) => percent > 0);
  return got.map(({ variant, percent }) => (percent === 100 ? variant : `${variant} ${percentText(percent)}`)).join(', ');
}

export const percentText = (percent: number) => axisText(ratio(percent / 100));

const signs: Readonly<Record<string, string>> = {
  '==': '=',
  '===': '=',
  '!=': '≠',
  '!==': '≠',
  '<': '<',
  '<=': '≤',
  '>': '>',
  '>=': '≥',
  starts_with: 'starts with',
  ends_with: 'ends with',
  in: 'in',
};

/** `plan = pro`: JsonLogic in words, as far as it is plain. */
export function conditionWords(condition: unknown): string {
  if (Array.isArray(condition)) return condition.map(conditionWords).join(', ');
  if (typeof condition !== 'object' || condition === null) return String(condition);
  const [[operation, given] = ['', null], ...more] = Object.entries(condition);
  if (more.length > 0) return 'a rule of its own';
  const values: readonly unknown[] = Array.isArray(given) ? given : [given];
  const sign = signs[operation];
  if (operation === 'var') return String(values[0]).replace(/^\$flagd\./, '');
  if (sign !== undefined && values.length === 2) return `${conditionWords(values[0])} ${sign} ${conditionWords(values[1])}`;
  if (operation === 'and' || operation === 'or') return values.map(conditionWords).join(` ${operation} `);
  if (operation === '!') return `not (${conditionWords(values[0])})`;
  if (operation === 'cat') return values.map(conditionWords).join(' + ');
  return 'a rule of its own';
}

export const staleWords: Readonly<Record<StaleReason, { readonly title: string; readonly meaning: string }>> = {
  date: { title: 'past its date', meaning: 'Its date to be taken out has come.' },
  decided: { title: 'decided', meaning: 'Everybody has had the same for 30 days or more: it can be taken out of the code.' },
  unused: { title: 'unused', meaning: 'Nobody has asked for it for 30 days or more.' },
};

export const typeWords: Readonly<Record<Flag['type'], { readonly title: string; readonly meaning: string }>> = {
  release: { title: 'Release', meaning: 'A change on its way to everybody; then it is taken out.' },
  kill: { title: 'Kill', meaning: 'On is normal. Off is the emergency, for everybody at once.' },
  ops: { title: 'Ops', meaning: 'A setting for good.' },
};

export type FlagState = 'on' | 'off' | 'some' | 'killed' | 'disabled';

/** How it stands in a word. killed: a kill flag that is off. some: it depends on who asks. */
export function flagState(flag: Flag): FlagState {
  if (flag.state === 'DISABLED') return 'disabled';
  const only = onlyVariant(flag);
  if (only === null) return 'some';
  const value = flag.variants[only];
  if (typeof value !== 'boolean') return 'on';
  return value ? 'on' : flag.type === 'kill' ? 'killed' : 'off';
}

/** The variant of a boolean value; null where there is none. */
export function variantOf({ variants }: Pick<Flag, 'variants'>, value: boolean): string | null {
  return Object.keys(variants).find((name) => variants[name] === value) ?? null;
}
