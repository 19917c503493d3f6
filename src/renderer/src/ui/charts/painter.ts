/**
 * Draws the live part of a chart by setting attributes: lines, the moving ticks, marks, cursor
 * and tooltip. It reads the feed and keeps nothing but the stack's sums, so that a repaint costs
 * what its paths cost.
 */
import { toText } from '../quantity.ts';
import type { ChartSpec } from './chart-model.ts';
import { type ChartFrame, nearestIndex, type PlotScale } from './frame.ts';
import { areaOf, linePath, maxOf, stackColumns } from './paths.ts';

export interface PlotArea {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Elements that a painter fills; all are made by React once. */
export interface PainterElements {
  readonly svg: SVGSVGElement;
  readonly lines: readonly (SVGPathElement | null)[];
  readonly areas: readonly (SVGPathElement | null)[];
  readonly values: readonly (HTMLElement | null)[];
  readonly cursor: SVGLineElement | null;
  readonly dots: readonly (SVGCircleElement | null)[];
}

export interface Painted {
  readonly scale: PlotScale;
  readonly frame: ChartFrame;
  /** Per series, what is drawn: running sums where stacked. */
  readonly drawn: readonly ArrayLike<number>[];
  /** Largest value in sight; and of each series by itself. */
  readonly dataMax: number;
  readonly highest: readonly number[];
}

export interface Painter {
  paint(spec: ChartSpec, area: PlotArea, max: number, elements: PainterElements): Painted;
}

export function createPainter(): Painter {
  let sums: Float64Array[] = [];
  const drawnColumns = (spec: ChartSpec, frame: ChartFrame): readonly ArrayLike<number>[] => {
    const columns = spec.series.map((series) => frame.columns[series.column] ?? []);
    if (spec.kind !== 'stack') return columns;
    if (sums.length !== columns.length || (sums[0]?.length ?? 0) < frame.to) sums = columns.map(() => new Float64Array(Math.max(frame.to, frame.at.length)));
    stackColumns(frame, columns, sums);
    return sums;
  };
  return {
    paint: (spec, area, max, elements) => {
      const frame = spec.feed.read();
      const endMs = spec.feed.endMs();
      const scale: PlotScale = { startMs: endMs - spec.spanMs, endMs, max, width: area.width, height: area.height };
      const drawn = drawnColumns(spec, frame);
      const dataMax = maxOf(frame, spec.kind === 'stack' ? drawn.slice(-1) : drawn, scale);
      paintLines(spec, frame, drawn, scale, elements);
      moveTicks(elements.svg, scale, area);
      const highest = spec.series.map((series) => (spec.kind === 'stack' || series.isOptional ? maxOf(frame, [frame.columns[series.column] ?? []], scale) : 0));
      return { scale, frame, drawn, dataMax, highest };
    },
  };
}

function paintLines(spec: ChartSpec, frame: ChartFrame, drawn: readonly ArrayLike<number>[], scale: PlotScale, elements: PainterElements): void {
  for (let index = 0; index < drawn.length; index++) {
    const values = drawn[index];
    if (values === undefined) continue;
    const line = linePath(frame, values, scale);
    elements.lines[index]?.setAttribute('d', line);
    const area = elements.areas[index];
    if (area) area.setAttribute('d', areaOf(line, scale));
  }
}

/** Slides ticks and marks to where their time is now; hides what left the plot. */
export function moveTicks(svg: SVGSVGElement, scale: PlotScale, area: PlotArea): void {
  const perMs = area.width / (scale.endMs - scale.startMs);
  for (const group of svg.querySelectorAll<SVGGraphicsElement>('[data-time]')) {
    const x = area.x + (Number(group.dataset.time) - scale.startMs) * perMs;
    group.setAttribute('transform', `translate(${Math.round(x * 10) / 10},${group.dataset.y ?? '0'})`);
    group.style.display = x < area.x - 0.5 || x > area.x + area.width + 0.5 ? 'none' : '';
  }
}

/** Writes the values at `at` (or the newest ones) beside the series' labels, and moves the cursor. */
export function paintCursor(spec: ChartSpec, painted: Painted, area: PlotArea, at: number | null, elements: PainterElements): number | null {
  const { frame, scale } = painted;
  const reachMs = Math.max(frame.stepMs * 1.5, (scale.endMs - scale.startMs) / Math.max(1, scale.width) * 2);
  const index = nearestIndex(frame, at ?? scale.endMs, at === null ? frame.stepMs * 2.5 : reachMs);
  spec.series.forEach((series, position) => {
    const value = index < 0 ? Number.NaN : (frame.columns[series.column]?.[index] ?? Number.NaN);
    const element = elements.values[position];
    const text = toText(spec.format(Number.isNaN(value) ? null : value));
    if (element && element.textContent !== text) element.textContent = text;
    // Of many layers only those that have something in sight are named.
    const entry = element?.parentElement;
    if (entry && (spec.kind === 'stack' || series.isOptional)) entry.hidden = (painted.highest[position] ?? 0) === 0;
    placeDot(elements.dots[position], at === null || index < 0 ? null : { x: frame.at[index] ?? 0, y: spec.kind === 'stack' && painted.highest[position] === 0 ? Number.NaN : painted.drawn[position]?.[index] ?? Number.NaN }, scale, area);
  });
  const x = at === null || at < scale.startMs || at > scale.endMs ? null : area.x + ((at - scale.startMs) / (scale.endMs - scale.startMs)) * area.width;
  if (elements.cursor) {
    elements.cursor.style.display = x === null ? 'none' : '';
    if (x !== null) for (const side of ['x1', 'x2']) elements.cursor.setAttribute(side, x.toFixed(1));
  }
  return index < 0 || at === null ? null : (frame.at[index] ?? null);
}

function placeDot(dot: SVGCircleElement | null | undefined, point: { readonly x: number; readonly y: number } | null, scale: PlotScale, area: PlotArea): void {
  if (!dot) return;
  const isShown = point !== null && !Number.isNaN(point.y) && point.x >= scale.startMs;
  dot.style.display = isShown ? '' : 'none';
  if (!isShown || point === null) return;
  dot.setAttribute('cx', (area.x + ((point.x - scale.startMs) / (scale.endMs - scale.startMs)) * area.width).toFixed(1));
  dot.setAttribute('cy', (area.y + area.height - (point.y / scale.max) * area.height).toFixed(1));
}
