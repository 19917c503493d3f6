/**
 * Draws the live part of a chart by setting attributes: lines, the moving ticks, marks, cursor
 * and tooltip. It reads the feed and keeps nothing but the stack's sums, so that a repaint costs
 * what its paths cost.
 */
import { toText } from '../quantity.ts';
import type { ChartSpec } from './chart-model.ts';
import { stageMargin } from './chart-stage.tsx';
import { type ChartFrame, nearestIndex, type PlotScale } from './frame.ts';
import { maxOf, pathsOf, stackColumns } from './paths.ts';

export interface PlotArea {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Elements that a painter fills; all are made by React once. */
export interface PainterElements {
  readonly svg: SVGSVGElement;
  /** Grid lines and marks: what moves with the time axis. */
  readonly slider: SVGGElement | null;
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
  /** `baseMs`: start of the span that the stage was drawn for. */
  paint(spec: ChartSpec, area: PlotArea, max: number, baseMs: number, elements: PainterElements): Painted;
}

export function createPainter(): Painter {
  let sums: Float64Array[] = [];
  const drawnColumns = (spec: ChartSpec, frame: ChartFrame): readonly ArrayLike<number>[] => {
    const columns = spec.series.map((series) => frame.columns[series.column] ?? []);
    if (spec.kind !== 'stack') return columns;
    if (sums.length !== columns.length || (sums[0]?.length ?? 0) < frame.to)
      sums = columns.map(() => new Float64Array(Math.max(frame.to, frame.at.length)));
    stackColumns(frame, columns, sums);
    return sums;
  };
  return {
    paint: (spec, area, max, baseMs, elements) => {
      const frame = spec.feed.read();
      const endMs = spec.feed.endMs();
      const scale: PlotScale = { startMs: endMs - spec.spanMs, endMs, max, width: area.width, height: area.height };
      const drawn = drawnColumns(spec, frame);
      const dataMax = maxOf(frame, spec.kind === 'stack' ? drawn.slice(-1) : drawn, scale);
      paintLines(frame, drawn, scale, elements);
      slide(elements, scale, area, baseMs);
      const highest = spec.series.map((series) =>
        spec.kind === 'stack' || series.isOptional ? maxOf(frame, [frame.columns[series.column] ?? []], scale) : 0,
      );
      return { scale, frame, drawn, dataMax, highest };
    },
  };
}

function paintLines(frame: ChartFrame, drawn: readonly ArrayLike<number>[], scale: PlotScale, elements: PainterElements): void {
  for (let index = 0; index < drawn.length; index++) {
    const values = drawn[index];
    if (values === undefined) continue;
    const area = elements.areas[index];
    const paths = pathsOf(frame, values, scale, area != null);
    elements.lines[index]?.setAttribute('d', paths.line);
    area?.setAttribute('d', paths.area);
  }
}

/** How far the middle of a time label may stand left of the plot: there is the value axis's room. */
const leftEdgePx = 6;
/** Half the width of a character of a time label; digits of one width. */
const halfCharPx = 3.4;

/**
 * Slides everything that stands on the time axis. It was drawn for a span that starts at
 * `baseMs`; one transform a group moves it, because moving each tick costs a layout of its text.
 */
function slide(elements: PainterElements, scale: PlotScale, area: PlotArea, baseMs: number): void {
  const shift = Math.round(((baseMs - scale.startMs) * area.width * 10) / (scale.endMs - scale.startMs)) / 10;
  const transform = `translate(${shift})`;
  elements.slider?.setAttribute('transform', transform);
  const labels = elements.svg.querySelector<SVGGElement>('.recharts-xAxis-tick-labels');
  if (labels === null) return;
  labels.setAttribute('transform', transform);
  for (const label of labels.querySelectorAll('text')) {
    const x = Number(label.getAttribute('x')) + shift;
    const halfPx = (label.textContent?.length ?? 0) * halfCharPx;
    show(label, x >= area.x - leftEdgePx && x + halfPx <= area.x + area.width + stageMargin.right);
  }
}

/** Writes the values at `at` (or the newest ones) beside the series' labels, and moves the cursor. Dots only where the pointer is. */
export function paintCursor(
  spec: ChartSpec,
  painted: Painted,
  area: PlotArea,
  at: number | null,
  isPointed: boolean,
  elements: PainterElements,
): number | null {
  const { frame, scale } = painted;
  const reachMs = Math.max(frame.stepMs * 1.5, ((scale.endMs - scale.startMs) / Math.max(1, scale.width)) * 2);
  const index = nearestIndex(frame, at ?? scale.endMs, at === null ? frame.stepMs * 2.5 : reachMs);
  spec.series.forEach((series, position) => {
    const value = index < 0 ? Number.NaN : (frame.columns[series.column]?.[index] ?? Number.NaN);
    const element = elements.values[position];
    const text = toText(spec.format(Number.isNaN(value) ? null : value));
    if (element) writeText(element, text);
    // Of many layers only those that have something in sight are named.
    const entry = element?.parentElement;
    const isEmpty = (spec.kind === 'stack' || series.isOptional === true) && painted.highest[position] === 0;
    if (entry && entry.hidden !== isEmpty) entry.hidden = isEmpty;
    placeDot(
      elements.dots[position],
      at === null || index < 0 || !isPointed
        ? null
        : {
            x: frame.at[index] ?? 0,
            y: spec.kind === 'stack' && painted.highest[position] === 0 ? Number.NaN : (painted.drawn[position]?.[index] ?? Number.NaN),
          },
      scale,
      area,
    );
  });
  const x =
    at === null || at < scale.startMs || at > scale.endMs
      ? null
      : area.x + ((at - scale.startMs) / (scale.endMs - scale.startMs)) * area.width;
  if (elements.cursor) {
    show(elements.cursor, x !== null);
    if (x !== null) elements.cursor.setAttribute('transform', `translate(${Math.round(x)})`);
  }
  return index < 0 || at === null ? null : (frame.at[index] ?? null);
}

/** Writes only what changed, into the text node that is there: another node would be another layout. */
function writeText(element: HTMLElement, text: string): void {
  const node = element.firstChild;
  if (node === null) element.textContent = text;
  else if (node.nodeValue !== text) node.nodeValue = text;
}

function show(element: SVGElement, isShown: boolean): void {
  const display = isShown ? '' : 'none';
  if (element.style.display !== display) element.style.display = display;
}

function placeDot(
  dot: SVGCircleElement | null | undefined,
  point: { readonly x: number; readonly y: number } | null,
  scale: PlotScale,
  area: PlotArea,
): void {
  if (!dot) return;
  const isShown = point !== null && !Number.isNaN(point.y) && point.x >= scale.startMs;
  show(dot, isShown);
  if (!isShown || point === null) return;
  dot.setAttribute('cx', (area.x + ((point.x - scale.startMs) / (scale.endMs - scale.startMs)) * area.width).toFixed(1));
  dot.setAttribute('cy', (area.y + area.height - (point.y / scale.max) * area.height).toFixed(1));
}
