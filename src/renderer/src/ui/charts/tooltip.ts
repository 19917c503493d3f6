import { toText } from '../quantity.ts';
import { clock, dayOf, localZone } from '../time.ts';
import type { ChartSpec } from './chart-model.ts';
import { clusterMarks, clusterPx, markLines } from './marks.ts';
import type { Painted, PlotArea } from './painter.ts';

export interface TooltipElements {
  readonly tooltip: HTMLElement | null;
  readonly area: PlotArea;
}

/** Marks within this many pixels of the cursor are named, this many of them. */
const markReachPx = clusterPx;
const mostMarks = 4;

/** Fills the tooltip of the moment pointed at: time, values, and the changes that happened then. Its rows are reused. */
export function createTooltip() {
  return {
    paint: (spec: ChartSpec, painted: Painted, sampleAt: number | null, cursorAt: number, { tooltip, area }: TooltipElements): void => {
      if (tooltip === null) return;
      if (tooltip.hidden !== (sampleAt === null)) tooltip.hidden = sampleAt === null;
      if (sampleAt === null) return;
      const { frame, scale } = painted;
      const perMs = area.width / (scale.endMs - scale.startMs);
      const index = indexOf(frame.at, frame.from, frame.to, sampleAt);
      const day = scale.endMs - scale.startMs > 86_400_000 ? `${dayOf(sampleAt)} ` : '';
      const rows = [
        `${day}${clock(sampleAt)} ${localZone(sampleAt)}`,
        ...spec.series.map((series) => `${series.label}\t${valueAt(spec, frame.columns[series.column], index)}`),
        ...marksNear(spec, sampleAt, cursorAt, markReachPx / perMs).map((text) => `◆ ${text}`),
      ];
      fill(tooltip, rows);
      const x = area.x + (sampleAt - scale.startMs) * perMs;
      const isLeft = x > area.x + area.width / 2;
      tooltip.style.left = isLeft ? '' : `${x + 12}px`;
      tooltip.style.right = isLeft ? `calc(100% - ${x - 12}px)` : '';
    },
  };
}

function valueAt(spec: ChartSpec, column: ArrayLike<number> | undefined, index: number): string {
  const value = column?.[index] ?? Number.NaN;
  return toText(spec.format(Number.isNaN(value) ? null : value));
}

function indexOf(at: ArrayLike<number>, from: number, to: number, time: number): number {
  for (let index = to - 1; index >= from; index--) if (at[index] === time) return index;
  return -1;
}

/** Of what is drawn together all is told. */
function marksNear({ marks = [] }: ChartSpec, sampleAt: number, cursorAt: number, reachMs: number): readonly string[] {
  const isNear = (at: number) => Math.min(Math.abs(at - sampleAt), Math.abs(at - cursorAt)) <= reachMs;
  return markLines(
    clusterMarks(marks, reachMs).flatMap((cluster) => (cluster.marks.some(({ at }) => isNear(at)) ? cluster.marks : [])),
    mostMarks,
  );
}

function fill(tooltip: HTMLElement, rows: readonly string[]): void {
  while (tooltip.childElementCount > rows.length) tooltip.lastElementChild?.remove();
  rows.forEach((row, index) => {
    const element = tooltip.children[index] ?? tooltip.appendChild(document.createElement('div'));
    if (element.getAttribute('data-text') === row) return;
    element.setAttribute('data-text', row);
    const [label = '', value] = row.split('\t');
    element.replaceChildren(...(value === undefined ? [label] : [span(label), span(value)]));
  });
}

function span(text: string): HTMLSpanElement {
  const element = document.createElement('span');
  element.textContent = text;
  return element;
}
