import type { RefObject } from 'react';
import { nextMax } from './axes.ts';
import type { LayerRefs } from './chart-layer.tsx';
import type { ChartSpec } from './chart-model.ts';
import type { ChartCursor } from './cursor.ts';
import { createPainter, type Painted, type PainterElements, paintCursor } from './painter.ts';
import { createTooltip } from './tooltip.ts';

interface Shown {
  readonly spec: ChartSpec;
  readonly max: number;
  readonly baseMs: number;
  /** Distance of time ticks, ms. */
  readonly stepMs: number;
}

/** One chart outside React: the elements that React made, what was painted last, and the painting. */
export interface LiveView {
  readonly layer: LayerRefs;
  /** Where the values of the legend are written, by series. */
  readonly values: (HTMLElement | null)[];
  tooltip: HTMLElement | null;
  readonly painted: Painted | null;
  /** Takes what the stage was rendered for. */
  show(shown: Shown): void;
  paint(): void;
  paintPointer(): void;
}

/** `onAxis` is told after each paint which axis would fit: top of the values, and the tick that was last passed. */
export function createLiveView(
  box: RefObject<HTMLElement | null>,
  cursor: ChartCursor,
  onAxis: (max: number, endTick: number) => void,
): LiveView {
  const painter = createPainter();
  const tip = createTooltip();
  let shown: Shown | null = null;
  let painted: Painted | null = null;

  const elements = (): PainterElements | null => {
    const svg = box.current?.querySelector('svg');
    return svg == null ? null : { svg, values: view.values, ...view.layer };
  };
  const view: LiveView = {
    layer: { area: null, lines: [], areas: [], dots: [], cursor: null, slider: null },
    values: [],
    tooltip: null,
    get painted() {
      return painted;
    },
    show: (next) => {
      shown = next;
    },
    paint: () => {
      const found = elements();
      const { area } = view.layer;
      if (found === null || area === null || shown === null) return;
      const { spec, max, baseMs, stepMs } = shown;
      painted = painter.paint(spec, area, max, baseMs, found);
      view.paintPointer();
      onAxis(nextMax(max, painted.dataMax, spec.floor, spec.unit), Math.floor(spec.feed.endMs() / stepMs));
    },
    paintPointer: () => {
      const found = elements();
      const { area } = view.layer;
      if (found === null || area === null || painted === null || shown === null) return;
      const isPointed = isUnderPointer(view.tooltip?.parentElement ?? null);
      const sampleAt = paintCursor(shown.spec, painted, area, cursor.at, isPointed, found);
      tip.paint(shown.spec, painted, isPointed ? sampleAt : null, cursor.at ?? 0, { tooltip: view.tooltip, area });
    },
  };
  return view;
}

function isUnderPointer(element: HTMLElement | null): boolean {
  return element?.matches(':hover, :has(:focus-visible)') === true;
}
