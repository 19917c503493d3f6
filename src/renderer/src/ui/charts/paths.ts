/**
 * Pure: SVG path data straight from samples. Coordinates are whole tenths of a pixel (the layer
 * is scaled by 0.1) and relative to the point before, because short whole numbers are written
 * and parsed several times faster.
 *
 * More samples than pixels are reduced to the lowest and highest of each pixel, in the order in
 * which they came, so that no spike is lost and no line is smoothed. Gaps stay gaps.
 */
import { type ChartFrame, firstNotBefore, type PlotScale } from './frame.ts';

/** Tenths of a pixel. */
export const unitsPerPixel = 10;

export interface Paths {
  readonly line: string;
  /** The line closed down to zero, piece by piece, so that a gap stays open to the ground. Empty unless asked for. */
  readonly area: string;
}

interface Cut {
  readonly first: number;
  readonly last: number;
}

/** The samples in sight, with one more on either side so that lines reach the edges. */
function cutOf(frame: ChartFrame, scale: PlotScale): Cut {
  const first = firstNotBefore(frame.at, frame.from, frame.to, scale.startMs);
  const after = firstNotBefore(frame.at, frame.from, frame.to, scale.endMs + 1);
  return { first: Math.max(frame.from, first - 1), last: Math.min(frame.to, after + 1) };
}

/** Puts points together; a new piece starts after each gap. */
function createPen(bottom: number, hasArea: boolean) {
  let line = '';
  let area = '';
  let piece = '';
  let startX = 0;
  let x = 0;
  let y = 0;
  const lift = () => {
    if (piece === '') return;
    line += piece;
    if (hasArea) area += `M${startX} ${bottom}L${piece.slice(1)}V${bottom}Z`;
    piece = '';
  };
  return {
    /** Starts a piece. */
    move: (toX: number, toY: number) => {
      lift();
      piece = `M${toX} ${toY}`;
      startX = toX;
      x = toX;
      y = toY;
    },
    draw: (toX: number, toY: number) => {
      piece += `l${toX - x} ${toY - y}`;
      x = toX;
      y = toY;
    },
    end: (): Paths => {
      lift();
      return { line, area };
    },
  };
}

/** Paths through `values`. */
export function pathsOf(frame: ChartFrame, values: ArrayLike<number>, scale: PlotScale, hasArea = false): Paths {
  const cut = cutOf(frame, scale);
  return cut.last - cut.first > scale.width * 2 ? decimated(frame, values, scale, cut, hasArea) : plain(frame, values, scale, cut, hasArea);
}

function plain(frame: ChartFrame, values: ArrayLike<number>, scale: PlotScale, cut: Cut, hasArea: boolean): Paths {
  const { at, stepMs } = frame;
  const xScale = (scale.width * unitsPerPixel) / (scale.endMs - scale.startMs);
  const bottom = scale.height * unitsPerPixel;
  const yScale = bottom / scale.max;
  const gapMs = stepMs * 2.5;
  const pen = createPen(bottom, hasArea);
  let lastAt = Number.NEGATIVE_INFINITY;
  for (let index = cut.first; index < cut.last; index++) {
    const value = values[index] as number;
    if (Number.isNaN(value)) continue;
    const time = at[index] as number;
    const x = Math.round((time - scale.startMs) * xScale);
    const y = Math.round(bottom - value * yScale);
    if (time - lastAt > gapMs) pen.move(x, y);
    else pen.draw(x, y);
    lastAt = time;
  }
  return pen.end();
}

/** Lowest and highest of the samples of one pixel, and which came first. */
interface Extent {
  low: number;
  high: number;
  isLowFirst: boolean;
  hasGap: boolean;
}

function decimated(frame: ChartFrame, values: ArrayLike<number>, scale: PlotScale, cut: Cut, hasArea: boolean): Paths {
  const { at, stepMs } = frame;
  const perMs = scale.width / (scale.endMs - scale.startMs);
  const bottom = scale.height * unitsPerPixel;
  const yScale = bottom / scale.max;
  const gapMs = stepMs * 2.5;
  const pen = createPen(bottom, hasArea);
  const extent: Extent = { low: 0, high: 0, isLowFirst: true, hasGap: false };
  let lastAt = Number.NEGATIVE_INFINITY;
  let index = cut.first;
  while (index < cut.last) {
    const pixel = Math.floor(((at[index] as number) - scale.startMs) * perMs);
    extent.low = Number.POSITIVE_INFINITY;
    extent.high = Number.NEGATIVE_INFINITY;
    extent.hasGap = false;
    for (; index < cut.last && Math.floor(((at[index] as number) - scale.startMs) * perMs) === pixel; index++) {
      const value = values[index] as number;
      if (Number.isNaN(value)) continue;
      const time = at[index] as number;
      if (time - lastAt > gapMs) extent.hasGap = true;
      lastAt = time;
      widen(extent, value);
    }
    if (extent.high === Number.NEGATIVE_INFINITY) continue;
    const x = pixel * unitsPerPixel + unitsPerPixel / 2;
    const low = Math.round(bottom - extent.low * yScale);
    const high = Math.round(bottom - extent.high * yScale);
    if (extent.hasGap) pen.move(x, extent.isLowFirst ? low : high);
    else pen.draw(x, extent.isLowFirst ? low : high);
    if (low !== high) pen.draw(x, extent.isLowFirst ? high : low);
  }
  return pen.end();
}

function widen(extent: Extent, value: number): void {
  if (value < extent.low) {
    extent.low = value;
    extent.isLowFirst = false;
  }
  if (value > extent.high) {
    extent.high = value;
    extent.isLowFirst = true;
  }
}

/** Running sums of columns, for stacking: into[k] is the top of layer k. A point is "no data" only where all are. */
export function stackColumns(frame: ChartFrame, columns: readonly ArrayLike<number>[], into: readonly Float64Array[]): void {
  for (let index = frame.from; index < frame.to; index++) {
    let sum = 0;
    let hasAny = false;
    for (let layer = 0; layer < columns.length; layer++) {
      const value = columns[layer]?.[index] as number;
      if (!Number.isNaN(value)) {
        sum += value;
        hasAny = true;
      }
      const target = into[layer];
      if (target !== undefined) target[index] = hasAny ? sum : Number.NaN;
    }
  }
}

/** Largest value in sight over several columns; 0 for none. */
export function maxOf(frame: ChartFrame, columns: readonly ArrayLike<number>[], scale: Pick<PlotScale, 'startMs' | 'endMs'>): number {
  const first = firstNotBefore(frame.at, frame.from, frame.to, scale.startMs);
  const last = firstNotBefore(frame.at, frame.from, frame.to, scale.endMs + 1);
  let max = 0;
  for (const column of columns) {
    for (let index = first; index < last; index++) {
      const value = column[index] as number;
      if (value > max) max = value;
    }
  }
  return max;
}
