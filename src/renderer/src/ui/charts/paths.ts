/**
 * Pure: SVG path data straight from samples. Coordinates are whole tenths of a pixel (the
 * layer is scaled by 0.1), because whole numbers turn into text several times faster.
 *
 * More samples than pixels are reduced to the lowest and highest of each pixel, in the order in
 * which they came, so that no spike is lost and no line is smoothed. Gaps stay gaps.
 */
import { type ChartFrame, firstNotBefore, type PlotScale } from './frame.ts';

/** Tenths of a pixel. */
export const unitsPerPixel = 10;

interface Cut {
  readonly first: number;
  readonly last: number;
}

/** The samples in sight, with one more on either side so that lines reach the edges. */
export function cutOf(frame: ChartFrame, scale: PlotScale): Cut {
  const first = firstNotBefore(frame.at, frame.from, frame.to, scale.startMs);
  const after = firstNotBefore(frame.at, frame.from, frame.to, scale.endMs + 1);
  return { first: Math.max(frame.from, first - 1), last: Math.min(frame.to, after + 1) };
}

/** A line through `values`. */
export function linePath(frame: ChartFrame, values: ArrayLike<number>, scale: PlotScale): string {
  const cut = cutOf(frame, scale);
  return cut.last - cut.first > scale.width * 2 ? decimatedLine(frame, values, scale, cut) : plainLine(frame, values, scale, cut);
}

function plainLine(frame: ChartFrame, values: ArrayLike<number>, scale: PlotScale, cut: Cut): string {
  const { at, stepMs } = frame;
  const xScale = (scale.width * unitsPerPixel) / (scale.endMs - scale.startMs);
  const bottom = scale.height * unitsPerPixel;
  const yScale = bottom / scale.max;
  const gapMs = stepMs * 2.5;
  let path = '';
  let lastAt = Number.NEGATIVE_INFINITY;
  for (let index = cut.first; index < cut.last; index++) {
    const value = values[index] as number;
    if (value !== value) continue;
    const time = at[index] as number;
    const x = Math.round((time - scale.startMs) * xScale);
    const y = Math.round(bottom - value * yScale);
    path += (time - lastAt > gapMs ? 'M' : 'L') + x + ' ' + y;
    lastAt = time;
  }
  return path;
}

function decimatedLine(frame: ChartFrame, values: ArrayLike<number>, scale: PlotScale, cut: Cut): string {
  const { at, stepMs } = frame;
  const perMs = scale.width / (scale.endMs - scale.startMs);
  const bottom = scale.height * unitsPerPixel;
  const yScale = bottom / scale.max;
  const gapMs = stepMs * 2.5;
  let path = '';
  let lastAt = Number.NEGATIVE_INFINITY;
  let index = cut.first;
  while (index < cut.last) {
    const pixel = Math.floor(((at[index] as number) - scale.startMs) * perMs);
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    let isLowFirst = true;
    let hasGap = false;
    let seenAt = lastAt;
    for (; index < cut.last && Math.floor(((at[index] as number) - scale.startMs) * perMs) === pixel; index++) {
      const value = values[index] as number;
      if (value !== value) continue;
      const time = at[index] as number;
      if (time - seenAt > gapMs) hasGap = true;
      seenAt = time;
      if (value < low) {
        low = value;
        isLowFirst = false;
      }
      if (value > high) {
        high = value;
        isLowFirst = true;
      }
    }
    if (high === Number.NEGATIVE_INFINITY) continue;
    lastAt = seenAt;
    const x = pixel * unitsPerPixel + unitsPerPixel / 2;
    const lowY = Math.round(bottom - low * yScale);
    const highY = Math.round(bottom - high * yScale);
    path += (hasGap ? 'M' : 'L') + x + ' ' + (isLowFirst ? lowY : highY);
    if (lowY !== highY) path += 'L' + x + ' ' + (isLowFirst ? highY : lowY);
  }
  return path;
}

/** The same line closed down to zero, piece by piece, so that a gap stays open to the ground. */
export function areaOf(line: string, scale: PlotScale): string {
  if (line === '') return '';
  const bottom = scale.height * unitsPerPixel;
  return line
    .split('M')
    .slice(1)
    .map((piece) => {
      const points = piece.split('L');
      const firstX = points[0]?.split(' ')[0] ?? '0';
      const lastX = points.at(-1)?.split(' ')[0] ?? '0';
      return `M${firstX} ${bottom}L${piece}L${lastX} ${bottom}Z`;
    })
    .join('');
}

/** Running sums of columns, for stacking: result[k] is the top of layer k. A point is "no data" only where all are. */
export function stackColumns(frame: ChartFrame, columns: readonly ArrayLike<number>[], into: readonly Float64Array[]): void {
  for (let index = frame.from; index < frame.to; index++) {
    let sum = 0;
    let hasAny = false;
    for (let layer = 0; layer < columns.length; layer++) {
      const value = columns[layer]?.[index] as number;
      if (value === value) {
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
