/**
 * How Sluice writes numbers: three significant digits and a unit, `1.24 k/s`, `340 ms`,
 * `2 m 10 s`, `0.42 %`. Each function answers parts, so that a unit can be drawn quieter than
 * its value; `toText` joins them. Null, undefined and NaN are "no data", written as a dash.
 */
export interface QuantityPart {
  readonly value: string;
  readonly unit: string;
}
export type Quantity = readonly QuantityPart[];
export type Maybe = number | null | undefined;

/** What stands for "no data". Never a zero. */
export const dash = '–';
const noData: Quantity = [{ value: dash, unit: '' }];

function isMissing(value: Maybe): value is null | undefined {
  return value === null || value === undefined || !Number.isFinite(value);
}

/** Joins the parts with plain spaces: `2 m 10 s`. */
export function toText(quantity: Quantity): string {
  return quantity.map((part) => (part.unit === '' ? part.value : `${part.value} ${part.unit}`)).join(' ');
}

/** A round value beside an axis: `7.5`, `1 s`, without the zeros that a measured value keeps. */
export function axisText(quantity: Quantity): string {
  return toText(quantity.map((part) => ({ ...part, value: trimZeros(part.value) })));
}

/** Three significant digits of |value| < 1000; `0` only for zero itself, `< 0.001` for what is smaller. */
export function significant(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size < 0.001) return value < 0 ? '> -0.001' : '< 0.001';
  if (size < 0.9995) return trimZeros(value.toFixed(3));
  if (size < 9.995) return value.toFixed(2);
  if (size < 99.95) return value.toFixed(1);
  return value.toFixed(0);
}

function trimZeros(text: string): string {
  return text.includes('.') && !text.includes('e') ? text.replace(/\.?0+$/, '') : text;
}

const siPrefixes = ['', 'k', 'M', 'G', 'T'] as const;

function scaled(value: number, step: number, units: readonly string[]): QuantityPart {
  let size = Math.abs(value);
  let index = 0;
  while (size >= step - step / 2000 && index < units.length - 1) {
    size /= step;
    index++;
  }
  return { value: significant(value < 0 ? -size : size), unit: units[index] ?? '' };
}

/** A count that need not be exact: `1.24 k`. Whole numbers under 1000 stay whole. */
export function approximate(value: Maybe): Quantity {
  if (isMissing(value)) return noData;
  if (Number.isInteger(value) && Math.abs(value) < 1000) return [{ value: String(value), unit: '' }];
  return [scaled(value, 1000, siPrefixes)];
}

/** Exact integers with grouping, for the ledger and dead letters: `1,240,311`. */
export function exact(value: Maybe): Quantity {
  if (isMissing(value)) return noData;
  return [{ value: Math.round(value).toLocaleString('en-US'), unit: '' }];
}

/** Events a second: `1.24 k/s`. */
export function perSecond(value: Maybe): Quantity {
  if (isMissing(value)) return noData;
  const part = scaled(value, 1000, siPrefixes);
  return [{ value: part.value, unit: `${part.unit}/s` }];
}

/** Bytes, in powers of 1000: `1.24 MB`. */
export function bytes(value: Maybe): Quantity {
  if (isMissing(value)) return noData;
  if (Math.abs(value) < 1000) return [{ value: String(Math.round(value)), unit: 'B' }];
  return [scaled(value, 1000, ['B', 'kB', 'MB', 'GB', 'TB'])];
}

/**
 * A share 0..1 as per cent. It never rounds to 0 or 100: a share that is nearly nothing is
 * `< 0.01 %`, one that is nearly all is `> 99.99 %`.
 */
export function ratio(value: Maybe): Quantity {
  if (isMissing(value)) return noData;
  return [{ value: percentText(value), unit: '%' }];
}

function percentText(share: number): string {
  if (share === 0) return '0';
  if (share === 1) return '100';
  if (share > 0 && share < 0.0001) return '< 0.01';
  if (share > 0.9999 && share < 1) return '> 99.99';
  const percent = share * 100;
  if (share > 0.99 && share < 1) return (Math.floor(percent * 100) / 100).toFixed(2);
  if (percent < 1) return trimZeros(percent.toFixed(2));
  return significant(percent);
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** A measured duration: `0.42 ms`, `340 ms`, `1.24 s`, `2 m 10 s`, `3 h 5 m`, `2 d 4 h`. */
export function duration(ms: Maybe): Quantity {
  if (isMissing(ms)) return noData;
  if (ms < 999.5) return [{ value: significant(Math.max(0, ms)), unit: 'ms' }];
  if (ms < 59_950) return [{ value: significant(ms / second), unit: 's' }];
  return clockParts(Math.max(ms, minute));
}

/** An age or a countdown, whole seconds and coarser: `4 s`, `2 m 10 s`, `3 h 5 m`. */
export function age(ms: Maybe): Quantity {
  if (isMissing(ms)) return noData;
  if (ms < minute) return [{ value: String(Math.max(0, Math.floor(ms / second))), unit: 's' }];
  return clockParts(ms);
}

/** An age in one unit, for dense places: `4 s`, `12 m`, `3 h`, `2 d`. */
export function roughAge(ms: Maybe): Quantity {
  const parts = age(ms);
  return parts.slice(0, 1);
}

/** `4 m ago`, `just now`; pair it with the absolute time on hover. */
export function ago(ms: Maybe): string {
  if (isMissing(ms)) return dash;
  return ms < 2000 ? 'just now' : `${toText(roughAge(ms))} ago`;
}

function clockParts(ms: number): Quantity {
  const [size, unit, small, smallUnit] =
    ms < hour ? ([minute, 'm', second, 's'] as const) : ms < day ? ([hour, 'h', minute, 'm'] as const) : ([day, 'd', hour, 'h'] as const);
  const whole = Math.floor(ms / size);
  const rest = Math.floor((ms - whole * size) / small);
  const first = { value: String(whole), unit };
  return rest === 0 ? [first] : [first, { value: String(rest), unit: smallUnit }];
}

const plural = new Intl.PluralRules('en');

/** `1 event`, `12 events`. Exact. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${plural.select(count) === 'one' ? one : many}`;
}
