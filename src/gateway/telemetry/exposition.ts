/**
 * Prometheus' text format 0.0.4. Written here and not with prom-client, because the figures already
 * live in the meter: its registry would be a second copy, updated on the hot path.
 */
export interface Sample {
  /** Made by `label`, joined by commas; empty for none. Text and not an object: 500 destinations are 20,000 lines. */
  readonly labels: string;
  readonly value: number;
  /** `_bucket`, `_sum`, `_count` of a histogram. */
  readonly suffix?: string;
}

export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: readonly Sample[];
}

export function exposition(families: readonly Family[]): string {
  let text = '';
  for (const { name, help, type, samples } of families) {
    text += `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`;
    for (const { labels, value, suffix = '' } of samples)
      text += `${name}${suffix}${labels === '' ? '' : `{${labels}}`} ${numberText(value)}\n`;
  }
  return text;
}

/** One label as text, its value escaped. */
export function label(name: string, value: string): string {
  const escaped = /[\\"\n]/.test(value) ? value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n') : value;
  return `${name}="${escaped}"`;
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}
