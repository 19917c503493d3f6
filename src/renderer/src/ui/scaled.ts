/** Pure: settings in base units (bytes, ms) as people type them: a number and a unit. */
export interface Unit {
  readonly label: string;
  readonly factor: number;
}

export const byteUnits: readonly Unit[] = [
  { label: 'MiB', factor: 1024 ** 2 },
  { label: 'GiB', factor: 1024 ** 3 },
  { label: 'TiB', factor: 1024 ** 4 },
];
export const timeUnits: readonly Unit[] = [
  { label: 'ms', factor: 1 },
  { label: 's', factor: 1000 },
  { label: 'min', factor: 60_000 },
  { label: 'h', factor: 3_600_000 },
  { label: 'd', factor: 86_400_000 },
];

/** The largest unit in which the value is written without a fraction; the smallest one where none is. */
export function unitFor(value: number, units: readonly Unit[]): Unit {
  const whole = units.findLast((unit) => value >= unit.factor && value % unit.factor === 0);
  const first = units[0];
  if (first === undefined) throw new RangeError('there must be a unit');
  return whole ?? units.findLast((unit) => value >= unit.factor) ?? first;
}

/** `7 d`, `20 GiB`: at most two decimals. */
export function scaledText(value: number, units: readonly Unit[]): string {
  const unit = unitFor(value, units);
  return `${Math.round((value / unit.factor) * 100) / 100} ${unit.label}`;
}
