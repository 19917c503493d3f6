/**
 * Who gets which variant of a flag, read from its targeting and written back, where the targeting has the common shape:
 *
 *   { if: [condition, share, condition, share, ..., share] }   segments, then everybody else
 *   share = 'variant' | null (the default variant) | { fractional: [bucketBy?, ['variant', weight], ...] }
 *
 * or is a single `fractional`, or empty. Whatever else JsonLogic can say is left alone: the functions then answer null.
 */
import type { Flag } from './flag.ts';

type Targeted = Pick<Flag, 'defaultVariant' | 'targeting' | 'variants'>;

/** How people are spread over variants: percents that add up to 100; variants that nobody gets may be missing. */
export interface Spread {
  readonly shares: readonly { readonly variant: string; readonly percent: number }[];
  /** JsonLogic of what is hashed instead of flag key and targeting key; null for those. */
  readonly bucketBy: unknown;
}

export interface Audience {
  /** In their order: the first whose condition holds decides. */
  readonly segments: readonly { readonly condition: unknown; readonly spread: Spread }[];
  readonly everybodyElse: Spread;
}

/** Who gets what; null where the targeting is not of the common shape. */
export function audienceOf({ defaultVariant, targeting }: Targeted): Audience | null {
  if (Object.keys(targeting).length === 0) return { segments: [], everybodyElse: whole(defaultVariant) };
  return readRule(targeting, defaultVariant);
}

/** Percent (0 to 100) of those whom no segment takes that get the variant; null where the targeting is not of the common shape. */
export function shareOf(flag: Targeted, variant: string): number | null {
  const audience = audienceOf(flag);
  return audience && percentOf(audience.everybodyElse, variant);
}

/**
 * The flag with another share of a variant among those whom no segment takes; segments stay. The other variants keep
 * their proportions; where nobody got another, the rest goes to the default variant. The variant comes first in its
 * buckets, so whoever has it at a lower share keeps it at a higher one.
 * @param percent 0 to 100, as fine as a thousandth
 * @returns null where the targeting is not of the common shape, or there is no such variant, or no other one
 */
export function withShare<F extends Targeted>(flag: F, variant: string, percent: number): F | null {
  const audience = audienceOf(flag);
  const others = Object.keys(flag.variants).filter((each) => each !== variant);
  if (audience === null || others.length === 0 || !Object.hasOwn(flag.variants, variant) || !(percent >= 0 && percent <= 100)) return null;
  const spread = {
    shares: [{ variant, percent }, ...restOf(audience.everybodyElse, flag, others, 100 - percent)],
    bucketBy: audience.everybodyElse.bucketBy,
  };
  const branches = audience.segments.flatMap((each) => [each.condition, ruleOf(each.spread)]);
  const last = ruleOf(spread);
  if (branches.length > 0) return { ...flag, targeting: { if: [...branches, last] } };
  if (typeof last !== 'string') return { ...flag, targeting: last };
  // A share of 100 % is for everybody, also for whom flagd could not hash because no targeting key is known.
  return { ...flag, targeting: last === flag.defaultVariant ? {} : { if: [true, last] } };
}

/** The one variant that everybody gets, whatever is known of them; null where it differs or cannot be told. */
export function onlyVariant(flag: Targeted): string | null {
  const audience = audienceOf(flag);
  if (audience === null) return null;
  const got = [...audience.segments.map(({ spread }) => spread), audience.everybodyElse].flatMap(({ shares }) =>
    shares.filter(({ percent }) => percent > 0).map(({ variant }) => variant),
  );
  const [first, ...more] = new Set(got);
  return first !== undefined && more.length === 0 ? first : null;
}

/** What one variant has of a spread, in percent. */
export function percentOf({ shares }: Spread, variant: string): number {
  return shares.filter((each) => each.variant === variant).reduce((sum, { percent }) => sum + percent, 0);
}

const whole = (variant: string): Spread => ({ shares: [{ variant, percent: 100 }], bucketBy: null });

function readRule(rule: unknown, defaultVariant: string): Audience | null {
  const branches = argumentsOf(rule, 'if');
  if (branches === null) {
    const spread = readSpread(rule, defaultVariant);
    return spread && { segments: [], everybodyElse: spread };
  }
  if (branches.length < 2) return null;
  const [condition, then, ...others] = branches;
  const spread = readSpread(then, defaultVariant);
  const rest = readRule(others.length > 1 ? { if: others } : (others[0] ?? null), defaultVariant);
  if (spread === null || rest === null) return null;
  if (condition === true) return { segments: [], everybodyElse: spread };
  return { ...rest, segments: [{ condition, spread }, ...rest.segments] };
}

function readSpread(rule: unknown, defaultVariant: string): Spread | null {
  if (typeof rule === 'string') return whole(rule);
  if (rule === null || rule === undefined) return whole(defaultVariant);
  const entries = argumentsOf(rule, 'fractional');
  if (entries === null) return null;
  const [first] = entries;
  const bucketBy = first === undefined || Array.isArray(first) ? null : first;
  const buckets = (bucketBy === null ? entries : entries.slice(1)).map((entry) => readBucket(entry, defaultVariant));
  const known = buckets.filter((bucket) => bucket !== null);
  const total = known.reduce((sum, { weight }) => sum + weight, 0);
  if (known.length < buckets.length || total === 0) return null;
  return { shares: known.map(({ variant, weight }) => ({ variant, percent: (weight / total) * 100 })), bucketBy };
}

function readBucket(entry: unknown, defaultVariant: string): { variant: string; weight: number } | null {
  if (!Array.isArray(entry) || entry.length < 1 || entry.length > 2) return null;
  const [variant, weight = 1]: readonly unknown[] = entry;
  if ((typeof variant !== 'string' && variant !== null) || typeof weight !== 'number' || !Number.isInteger(weight)) return null;
  // flagd counts a weight below zero as none.
  return { variant: variant ?? defaultVariant, weight: Math.max(0, weight) };
}

/** The arguments of a rule that is this one operation; null for any other. */
function argumentsOf(rule: unknown, operation: string): readonly unknown[] | null {
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) return null;
  const [[name, value] = [], ...more] = Object.entries(rule);
  return name === operation && more.length === 0 && Array.isArray(value) ? value : null;
}

/** What the others share, in the proportions that they had. */
function restOf(before: Spread, { defaultVariant }: Targeted, others: readonly string[], percent: number): Spread['shares'] {
  const had = others.map((variant) => ({ variant, percent: percentOf(before, variant) })).filter((each) => each.percent > 0);
  const total = had.reduce((sum, each) => sum + each.percent, 0);
  if (total > 0) return had.map((each) => ({ ...each, percent: (each.percent / total) * percent }));
  const [heir = ''] = others.includes(defaultVariant) ? [defaultVariant] : others;
  return [{ variant: heir, percent }];
}

function ruleOf({ shares, bucketBy }: Spread): string | { fractional: unknown[] } {
  const sole = shares.find(({ percent }) => percent === 100);
  if (sole !== undefined && bucketBy === null) return sole.variant;
  // Whole percents are easier to read; flagd wants whole weights.
  const scale = shares.every(({ percent }) => Number.isInteger(percent)) ? 1 : 1000;
  const buckets = shares.map(({ variant, percent }) => [variant, Math.round(percent * scale)]);
  return { fractional: bucketBy === null ? buckets : [bucketBy, ...buckets] };
}
