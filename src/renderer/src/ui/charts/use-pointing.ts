import type { KeyboardEvent, PointerEvent } from 'react';
import type { ChartMark } from './chart-model.ts';
import { stageMargin } from './chart-stage.tsx';
import type { ChartCursor } from './cursor.ts';
import type { LiveView } from './live-view.ts';
import { nextMark } from './marks.ts';

const stepsAcross = 120;

/** Pointer and arrow keys move the shared cursor, up and down from mark to mark; leaving and Escape take it away. */
export function usePointing(spanMs: number, marks: readonly ChartMark[], live: LiveView, cursor: ChartCursor) {
  const moveCursor = (event: PointerEvent<HTMLElement>) => {
    const { area } = live.layer;
    if (area === null || live.painted === null) return;
    const left = event.currentTarget.getBoundingClientRect().left - stageMargin.left;
    const share = (event.clientX - left - area.x) / area.width;
    const { startMs, endMs } = live.painted.scale;
    cursor.set(share < 0 || share > 1 ? null : startMs + share * (endMs - startMs));
  };
  const stepCursor = (event: KeyboardEvent) => {
    const direction = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    if (event.key === 'Escape') cursor.set(null);
    if (event.key === 'ArrowUp' || event.key === 'ArrowDown') stepMark(event, event.key === 'ArrowUp' ? -1 : 1);
    if (direction === 0 || live.painted === null) return;
    event.preventDefault();
    const { frame, scale } = live.painted;
    const strideMs = Math.max(frame.stepMs, spanMs / stepsAcross) * (event.shiftKey ? 10 : 1);
    cursor.set(Math.max(scale.startMs, Math.min(scale.endMs, (cursor.at ?? scale.endMs) + direction * strideMs)));
  };
  const stepMark = (event: KeyboardEvent, direction: -1 | 1) => {
    if (live.painted === null || marks.length === 0) return;
    event.preventDefault();
    const { startMs, endMs } = live.painted.scale;
    const next = nextMark(marks, cursor.at ?? endMs, direction, startMs, endMs);
    if (next !== null) cursor.set(next);
  };
  return { moveCursor, stepCursor, leave: () => cursor.set(null) };
}
