/** Pure: what the board shows of a destination, drawn from its last tick and a minute of samples. */
import { type DestinationTick, type ErrorClass, errorClasses } from '#contract/telemetry/tick.ts';
import type { MarkState } from '#renderer/ui/state.ts';
import type { SeriesFrame } from './series-buffer.ts';

/** A destination as rows and headings show it. Immutable: a new object each tick. */
export interface DestinationLive {
  readonly id: string;
  readonly tick: DestinationTick;
  readonly state: MarkState;
  /** Events delivered a second, mean of 10 s. */
  readonly ratePerSecond: number;
  /** Failed attempts over all attempts of the last minute, 0..1; null when nothing was attempted. */
  readonly errorShare: number | null;
  /** Most frequent class of failure in the last minute. */
  readonly topError: ErrorClass | null;
  /** p95 of the newest second that had samples within a minute, ms, with its sample count. */
  readonly p95: number | null;
  readonly p95Samples: number;
}

/** Columns of the buffer that is kept for each destination, one sample a tick, rates a second. */
export const boardColumns = ['delivered', 'failed', 'p95', 'n', ...errorClasses] as const;

/** What is drawn for a lane: what holds it says more than how it did before. */
export function markStateOf(tick: Pick<DestinationTick, 'state' | 'health'>): MarkState {
  switch (tick.state) {
    case 'parked':
      return 'parked';
    case 'held':
      return 'held';
    // Kept from this vendor and not lost, like a park.
    case 'diverting':
      return 'parked';
    case 'dropping':
      return 'dropping';
    case 'off':
      return 'off';
    case 'breaker':
      return tick.health === 'held' ? 'held' : 'failing';
    case 'flowing':
      return tick.health;
  }
}

/** One sample for `boardColumns`, rates a second. */
export function boardSample(tick: DestinationTick, windowMs: number): readonly number[] {
  const perSecond = 1000 / Math.max(1, windowMs);
  const errors = errorClasses.map((name) => (tick.errors[name] ?? 0) * perSecond);
  const failed = errors.reduce((sum, value) => sum + value, 0);
  return [tick.delivered * perSecond, failed, tick.latency.p95 ?? Number.NaN, tick.latency.n, ...errors];
}

/** Mean of a column over the newest `spanMs`; 0 without samples. Gaps ("no data") do not count. */
export function meanOf(frame: SeriesFrame, column: number, spanMs: number): number {
  const values = frame.columns[column];
  const start = startOf(frame, spanMs);
  if (values === undefined || start >= frame.to) return 0;
  let sum = 0;
  let known = 0;
  for (let index = start; index < frame.to; index++) {
    const value = values[index] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    sum += value;
    known++;
  }
  return known === 0 ? 0 : sum / known;
}

function startOf(frame: SeriesFrame, spanMs: number): number {
  const after = (frame.at[frame.to - 1] ?? 0) - spanMs;
  let start = frame.to;
  while (start > frame.from && (frame.at[start - 1] ?? 0) > after) start--;
  return start;
}

const firstError = boardColumns.indexOf(errorClasses[0]);

export function liveOf(tick: DestinationTick, frame: SeriesFrame): DestinationLive {
  const delivered = meanOf(frame, 0, 60_000);
  const failed = meanOf(frame, 1, 60_000);
  const latency = newestLatency(frame);
  return {
    id: tick.id,
    tick,
    state: markStateOf(tick),
    // Not further back than the present state: a lane that was just parked delivers nothing.
    ratePerSecond: meanOf(frame, 0, Math.max(1000, Math.min(10_000, (frame.at[frame.to - 1] ?? 0) - tick.since))),
    errorShare: delivered + failed === 0 ? null : failed / (delivered + failed),
    topError: failed === 0 ? null : topErrorOf(frame),
    p95: latency.p95,
    p95Samples: latency.samples,
  };
}

function topErrorOf(frame: SeriesFrame): ErrorClass | null {
  let top: ErrorClass | null = null;
  let most = 0;
  errorClasses.forEach((name, index) => {
    const mean = meanOf(frame, firstError + index, 60_000);
    if (mean > most) [top, most] = [name, mean];
  });
  return top;
}

function newestLatency(frame: SeriesFrame): { readonly p95: number | null; readonly samples: number } {
  const start = startOf(frame, 60_000);
  for (let index = frame.to - 1; index >= start; index--) {
    const value = frame.columns[2]?.[index] ?? Number.NaN;
    if (!Number.isNaN(value)) return { p95: value, samples: frame.columns[3]?.[index] ?? 0 };
  }
  return { p95: null, samples: 0 };
}
