/** What a chart reads: parallel arrays in time order, valid from `from` to before `to`; NaN is "no data". */
export interface ChartFrame {
  readonly at: ArrayLike<number>;
  readonly columns: readonly ArrayLike<number>[];
  readonly from: number;
  readonly to: number;
  /** Usual distance of two samples, ms. A longer one is drawn as a gap. */
  readonly stepMs: number;
}

/** Where a chart gets its samples; it lives outside React. */
export interface ChartFeed {
  read(): ChartFrame;
  /** Time at the right edge, epoch ms. */
  endMs(): number;
  /** Calls back when it is time to draw something new; never while hidden. */
  subscribe(paint: () => void): () => void;
}

/** The plot and what it spans. x grows with time, y downwards with less. */
export interface PlotScale {
  readonly startMs: number;
  readonly endMs: number;
  /** Value at the top edge; the bottom is zero. */
  readonly max: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** First index in [from, to) whose time is not before `at`; `to` where there is none. */
export function firstNotBefore(at: ArrayLike<number>, from: number, to: number, time: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((at[middle] ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the sample nearest to `time`, at most `reachMs` away; -1 where there is none. */
export function nearestIndex(frame: ChartFrame, time: number, reachMs: number): number {
  const right = firstNotBefore(frame.at, frame.from, frame.to, time);
  const left = right - 1;
  const toRight = right < frame.to ? (frame.at[right] ?? 0) - time : Number.POSITIVE_INFINITY;
  const toLeft = left >= frame.from ? time - (frame.at[left] ?? 0) : Number.POSITIVE_INFINITY;
  const best = toLeft <= toRight ? left : right;
  return Math.min(toLeft, toRight) <= reachMs ? best : -1;
}
