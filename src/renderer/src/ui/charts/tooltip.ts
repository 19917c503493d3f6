import { toText } from '../quantity.ts';
import { clock, dayOf, localZone } from '../time.ts';
import type { ChartMark, ChartSpec } from './chart-model.ts';
import type { Painted, PlotArea } from './painter.ts';

export interface TooltipElements {
  readonly tooltip: HTMLElement | null;
  readonly area: PlotArea;
}

/** Marks within this many pixels of the cursor are named. */
const markReachPx = 6;

/** Fills the tooltip of the moment pointed at: time, values, and the changes that happened then. Its rows are reused. */
export function createTooltip() {
  return {
    paint: (spec: ChartSpec, painted: Painted, sampleAt: number | null, { tooltip, area }: TooltipElements): void => {
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
        ...marksNear(spec.marks ?? [], sampleAt, markReachPx / perMs).map((mark) => `◆ ${mark.text}`),
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

function marksNear(marks: readonly ChartMark[], at: number, reachMs: number): readonly ChartMark[] {
  return marks.filter((mark) => Math.abs(mark.at - at) <= reachMs).slice(0, 3);
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
