import { memo, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { nextMax, niceMax, timeStep, timeTicks } from './axes.ts';
import { ChartLayer, type LayerRefs } from './chart-layer.tsx';
import { ChartMenu } from './chart-menu.tsx';
import type { ChartMark, ChartSpec } from './chart-model.ts';
import { axisWidth, ChartStage, stageMargin } from './chart-stage.tsx';
import { ChartTable } from './chart-table.tsx';
import { type ChartCursor, createCursor } from './cursor.ts';
import classes from './live-chart.module.css';
import { createPainter, type Painted, type PainterElements, paintCursor } from './painter.ts';
import { timeFormatter, zoneOffsetMs } from './time-labels.ts';
import { createTooltip } from './tooltip.ts';
import { useWidth } from './use-size.ts';

export interface LiveChartProps extends ChartSpec {
  /** Height of axes and plot, px. */
  readonly height?: number;
  /** Shared by the charts of a view, so that all point at the same moment. */
  readonly cursor?: ChartCursor;
  /** Leaves out title, legend and menu (benchmarks, previews). */
  readonly isBare?: boolean;
}

const noMarks: readonly ChartMark[] = [];
const noLevels: readonly never[] = [];

/** A live chart: Recharts draws what stands still, the painter what moves. React renders it only when an axis changes. */
export const LiveChart = memo(function LiveChart({ height = 168, cursor: shared, isBare = false, ...spec }: LiveChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const [view, setView] = useState<'chart' | 'table'>('chart');
  const own = useMemo(createCursor, []);
  const cursor = shared ?? own;
  const live = useLive(spec, width, cursor, box);
  const { moveCursor, leave, stepCursor } = usePointing(spec, live.painted, live.refs, cursor);
  const formatTime = useMemo(() => timeFormatter(spec.spanMs), [spec.spanMs]);
  return (
    <figure className={classes.chart} data-kind={spec.kind}>
      {isBare ? null : (
        <figcaption className={classes.head}>
          <span className={classes.title}>{spec.title}</span>
          <span className={classes.legend}>
            {spec.series.map((series, index) => (
              <span key={series.id} className={classes.entry}>
                <span className={classes.swatch} style={{ background: `var(--${series.colour})` }} />
                {series.label} <span className={classes.value} ref={(element) => void (live.values.current[index] = element)} />
              </span>
            ))}
          </span>
          <ChartMenu spec={spec} box={box} view={view} onView={setView} />
        </figcaption>
      )}
      <div ref={box} className={classes.plot} style={{ height }}>
        {view === 'table' ? <ChartTable spec={spec} /> : null}
        {width === 0 || view === 'table' ? null : (
          <ChartStage
            width={width}
            height={height}
            max={live.max}
            ticks={live.ticks}
            startMs={live.baseMs}
            spanMs={spec.spanMs}
            formatTime={formatTime}
            format={spec.format}
            unit={spec.unit ?? 'plain'}
            levels={spec.levels ?? noLevels}
          >
            <ChartLayer
              series={spec.series}
              kind={spec.kind}
              marks={spec.marks ?? noMarks}
              ticks={live.ticks}
              baseMs={live.baseMs}
              spanMs={spec.spanMs}
              refs={live.refs}
              onReady={live.paint}
            />
          </ChartStage>
        )}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the shared cursor */}
        {view === 'table' ? null : (
          <div
            className={classes.pad}
            tabIndex={0}
            role="img"
            aria-label={`${spec.title}, chart. Arrow keys move the cursor; the menu has a table.`}
            onPointerMove={moveCursor}
            onPointerLeave={leave}
            onBlur={leave}
            onKeyDown={stepCursor}
          />
        )}
        <div ref={(element) => void (live.tooltip.current = element)} className={classes.tooltip} hidden />
      </div>
    </figure>
  );
});

function useLive(spec: ChartSpec, width: number, cursor: ChartCursor, box: React.RefObject<HTMLDivElement | null>) {
  const refs = useRef<LayerRefs>({ area: null, lines: [], areas: [], dots: [], cursor: null, slider: null });
  const values = useRef<(HTMLElement | null)[]>([]);
  const tooltip = useRef<HTMLDivElement | null>(null);
  const painted = useRef<Painted | null>(null);
  const painter = useMemo(createPainter, []);
  const stepMs = timeStep(spec.spanMs, width - axisWidth);
  const [axis, setAxis] = useState(() => ({ max: niceMax(spec.floor, spec.unit), endTick: Math.floor(spec.feed.endMs() / stepMs) }));
  const ticks = useMemo(
    () => timeTicks(axis.endTick * stepMs - spec.spanMs - stepMs, (axis.endTick + 2) * stepMs, stepMs, zoneOffsetMs(axis.endTick * stepMs)),
    [axis.endTick, stepMs, spec.spanMs],
  );
  const baseMs = axis.endTick * stepMs - spec.spanMs;
  const latest = useRef({ spec, max: axis.max, stepMs, baseMs });
  latest.current = { spec, max: axis.max, stepMs, baseMs };

  const elements = useCallback((): PainterElements | null => {
    const svg = box.current?.querySelector('svg');
    return svg == null ? null : { svg, values: values.current, ...refs.current };
  }, [box]);
  const tip = useMemo(() => createTooltip(), []);
  const paintPointer = useCallback(() => {
    const found = elements();
    const { area } = refs.current;
    if (found === null || area === null || painted.current === null) return;
    const isPointed = isUnderPointer(tooltip.current?.parentElement ?? null);
    const sampleAt = paintCursor(latest.current.spec, painted.current, area, cursor.at, isPointed, found);
    tip.paint(latest.current.spec, painted.current, isPointed ? sampleAt : null, { tooltip: tooltip.current, area });
  }, [cursor, elements, tip]);
  const paint = useCallback(() => {
    const found = elements();
    const { area } = refs.current;
    if (found === null || area === null) return;
    const now = latest.current;
    painted.current = painter.paint(now.spec, area, now.max, now.baseMs, found);
    paintPointer();
    const max = nextMax(now.max, painted.current.dataMax, now.spec.floor, now.spec.unit);
    const endTick = Math.floor(now.spec.feed.endMs() / now.stepMs);
    setAxis((before) => (before.max === max && before.endTick === endTick ? before : { max, endTick }));
  }, [elements, painter, paintPointer]);
  useEffect(() => spec.feed.subscribe(paint), [spec.feed, paint]);
  useEffect(() => onNextFrame(cursor, paintPointer), [cursor, paintPointer]);
  // Another feed or span under the same chart: its axis starts anew.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the spec's parts are read through `latest`
  useEffect(paint, [spec.feed, spec.spanMs]);
  return { refs, values, tooltip, painted, max: axis.max, baseMs, ticks, paint, tip };
}

function isUnderPointer(element: HTMLElement | null): boolean {
  return element?.matches(':hover, :has(:focus-visible)') === true;
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

function usePointing(spec: ChartSpec, painted: React.RefObject<Painted | null>, refs: React.RefObject<LayerRefs>, cursor: ChartCursor) {
  const moveCursor = (event: React.PointerEvent<HTMLElement>) => {
    const { area } = refs.current;
    if (area === null || painted.current === null) return;
    const left = event.currentTarget.getBoundingClientRect().left - stageMargin.left;
    const share = (event.clientX - left - area.x) / area.width;
    const { startMs, endMs } = painted.current.scale;
    cursor.set(share < 0 || share > 1 ? null : startMs + share * (endMs - startMs));
  };
  const stepCursor = (event: React.KeyboardEvent) => {
    const direction = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    if (event.key === 'Escape') cursor.set(null);
    if (direction === 0 || painted.current === null) return;
    event.preventDefault();
    const { startMs, endMs } = painted.current.scale;
    const stride = Math.max(painted.current.frame.stepMs, spec.spanMs / 120) * (event.shiftKey ? 10 : 1);
    cursor.set(Math.max(startMs, Math.min(endMs, (cursor.at ?? endMs) + direction * stride)));
  };
  return { moveCursor, stepCursor, leave: () => cursor.set(null) };
}
