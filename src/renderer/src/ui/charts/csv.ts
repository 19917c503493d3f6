import type { ChartFrame } from './frame.ts';

/** Samples from `startMs` on as CSV with ISO times; empty cells are "no data". */
export function toCsv(frame: ChartFrame, names: readonly string[], columns: readonly ArrayLike<number>[], startMs: number): string {
  const lines = [['time', ...names].map(quoted).join(',')];
  for (let index = frame.from; index < frame.to; index++) {
    const at = frame.at[index] ?? 0;
    if (at < startMs) continue;
    const cells = columns.map((column) => {
      const value = column[index] ?? Number.NaN;
      return Number.isNaN(value) ? '' : String(Math.round(value * 1000) / 1000);
    });
    lines.push([new Date(at).toISOString(), ...cells].join(','));
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** RFC 4180, and a leading quote before what a spreadsheet would run as a formula. */
function quoted(text: string): string {
  const safe = /^[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
