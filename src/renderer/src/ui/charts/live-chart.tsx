import { memo, useMemo, useRef, useState } from 'react';
import { useWidth } from '../use-width.ts';
import { ChartLayer } from './chart-layer.tsx';
import { ChartMenu } from './chart-menu.tsx';
import type { ChartMark, ChartSpec } from './chart-model.ts';
import { ChartStage } from './chart-stage.tsx';
import { ChartTable } from './chart-table.tsx';
import { type ChartCursor, createCursor } from './cursor.ts';
import classes from './live-chart.module.css';
import { timeFormatter } from './time-labels.ts';
import { useLive } from './use-live.ts';
import { usePointing } from './use-pointing.ts';

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
  const marks = spec.marks ?? noMarks;
  const { live, axis } = useLive(spec, width, cursor, box);
  const { moveCursor, leave, stepCursor } = usePointing(spec.spanMs, marks, live, cursor);
  const formatTime = useMemo(() => timeFormatter(spec.spanMs), [spec.spanMs]);
  return (
    <figure className={classes.chart} data-kind={spec.kind}>
      {isBare ? null : (
        <figcaption className={classes.head}>
          <span className={classes.title}>{spec.title}</span>
          <Legend spec={spec} values={live.values} />
          <ChartMenu spec={spec} box={box} view={view} onView={setView} />
        </figcaption>
      )}
      <div ref={box} className={classes.plot} style={{ height }}>
        {view === 'table' ? <ChartTable spec={spec} /> : null}
        {width === 0 || view === 'table' ? null : (
          <ChartStage
            width={width}
            height={height}
            max={axis.max}
            ticks={axis.ticks}
            startMs={axis.baseMs}
            spanMs={spec.spanMs}
            formatTime={formatTime}
            format={spec.format}
            unit={spec.unit ?? 'plain'}
            levels={spec.levels ?? noLevels}
          >
            <ChartLayer
              series={spec.series}
              kind={spec.kind}
              marks={marks}
              ticks={axis.ticks}
              baseMs={axis.baseMs}
              spanMs={spec.spanMs}
              refs={live.layer}
              onReady={live.paint}
            />
          </ChartStage>
        )}
        {view === 'table' ? null : (
          <div
            className={classes.pad}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the shared cursor
            tabIndex={0}
            role="img"
            aria-label={`${spec.title}, chart. Arrow keys move the cursor, up and down from change to change; the menu has a table.`}
            onPointerMove={moveCursor}
            onPointerLeave={leave}
            onBlur={leave}
            onKeyDown={stepCursor}
          />
        )}
        <div
          ref={(element) => {
            live.tooltip = element;
          }}
          className={classes.tooltip}
          hidden
        />
      </div>
    </figure>
  );
});

/** Series by name with their values: of the moment pointed at, else the newest. */
function Legend({ spec, values }: { readonly spec: ChartSpec; readonly values: (HTMLElement | null)[] }) {
  return (
    <span className={classes.legend}>
      {spec.series.map((series, index) => (
        <span key={series.id} className={classes.entry}>
          <span className={classes.swatch} style={{ background: `var(--${series.colour})` }} />
          {series.label}{' '}
          <span
            className={classes.value}
            ref={(element) => {
              values[index] = element;
            }}
          />
        </span>
      ))}
    </span>
  );
}
