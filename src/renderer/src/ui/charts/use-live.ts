import { type RefObject, useEffect, useMemo, useState } from 'react';
import { niceMax, timeStep, timeTicks } from './axes.ts';
import type { ChartSpec } from './chart-model.ts';
import { axisWidth } from './chart-stage.tsx';
import type { ChartCursor } from './cursor.ts';
import { createLiveView, type LiveView } from './live-view.ts';
import { zoneOffsetMs } from './time-labels.ts';

/** What the stage is drawn for. It changes when a tick comes into sight or the values need another axis. */
export interface Axis {
  readonly max: number;
  /** Start of the span that the stage stands for, epoch ms. */
  readonly baseMs: number;
  readonly ticks: readonly number[];
}

/** The live side of a chart: its view, fed and pointed at, and the axis that it asks React to draw. */
export function useLive(
  spec: ChartSpec,
  width: number,
  cursor: ChartCursor,
  box: RefObject<HTMLElement | null>,
): { readonly live: LiveView; readonly axis: Axis } {
  const { feed, spanMs } = spec;
  const stepMs = timeStep(spanMs, width - axisWidth);
  const [wanted, setWanted] = useState(() => ({ max: niceMax(spec.floor, spec.unit), endTick: Math.floor(feed.endMs() / stepMs) }));
  const endMs = wanted.endTick * stepMs;
  const ticks = useMemo(() => timeTicks(endMs - spanMs - stepMs, endMs + 2 * stepMs, stepMs, zoneOffsetMs(endMs)), [endMs, stepMs, spanMs]);
  const live = useMemo(
    () =>
      createLiveView(box, cursor, (max, endTick) =>
        setWanted((before) => (before.max === max && before.endTick === endTick ? before : { max, endTick })),
      ),
    [box, cursor],
  );
  const axis = { max: wanted.max, baseMs: endMs - spanMs, ticks };
  live.show({ spec, max: axis.max, baseMs: axis.baseMs, stepMs });
  useEffect(() => feed.subscribe(live.paint), [feed, live]);
  useEffect(() => onNextFrame(cursor, live.paintPointer), [cursor, live]);
  // Another feed or span under the same chart: its axis starts anew.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the view was shown the new ones
  useEffect(live.paint, [feed, spanMs, live]);
  return { live, axis };
}

/** Draws the pointer once a frame, however often it moved. */
function onNextFrame(cursor: ChartCursor, paint: () => void): () => void {
  let frame = 0;
  const stop = cursor.subscribe(() => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(paint);
  });
  return () => {
    cancelAnimationFrame(frame);
    stop();
  };
}
