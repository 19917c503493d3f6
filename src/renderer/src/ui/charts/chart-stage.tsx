import { memo } from 'react';
import { CartesianGrid, ComposedChart, ReferenceLine, XAxis, YAxis } from 'recharts';
import { axisText, type Quantity } from '../quantity.ts';
import { type AxisUnit, valueTicks } from './axes.ts';
import type { ChartLevel } from './chart-model.ts';
import classes from './live-chart.module.css';

/** Room around the plot, px. */
export const stageMargin = { top: 8, right: 12, bottom: 0, left: 0 } as const;
export const axisWidth = 56;
export const axisHeight = 22;

export interface StageProps {
  readonly width: number;
  readonly height: number;
  readonly max: number;
  /** Times that have a tick, epoch ms: those in sight and the next one on either side. */
  readonly ticks: readonly number[];
  readonly startMs: number;
  readonly spanMs: number;
  readonly formatTime: (at: number) => string;
  readonly format: (value: number | null) => Quantity;
  readonly unit: AxisUnit;
  readonly levels: readonly ChartLevel[];
  /** The live layer, which draws itself without React. */
  readonly children: React.ReactNode;
}

const noData: readonly never[] = [];

interface TickProps {
  readonly x?: number | string;
  readonly y?: number | string;
  readonly payload?: { readonly value: number };
}

/** A tick of the time axis, where its time was when the stage was drawn; the painter moves all of them. */
function TimeTick({ x = 0, y = 0, payload, formatTime }: TickProps & { readonly formatTime: (at: number) => string }) {
  if (payload === undefined) return null;
  return (
    <text x={x} y={y} textAnchor="middle" dy={10} className={classes.tick}>
      {formatTime(payload.value)}
    </text>
  );
}

/** Axes, grid and level lines, drawn by Recharts only when the size, the value axis or the set of ticks changes. */
export const ChartStage = memo(function ChartStage({
  width,
  height,
  max,
  ticks,
  startMs,
  spanMs,
  formatTime,
  format,
  unit,
  levels,
  children,
}: StageProps) {
  return (
    <ComposedChart width={width} height={height} margin={stageMargin} data={noData} accessibilityLayer={false}>
      <CartesianGrid vertical={false} stroke="var(--line)" />
      <XAxis
        type="number"
        dataKey="at"
        domain={[startMs, startMs + spanMs]}
        allowDataOverflow
        ticks={[...ticks]}
        interval={0}
        height={axisHeight}
        axisLine={{ stroke: 'var(--line-strong)' }}
        tickLine={false}
        tick={(props: TickProps) => <TimeTick {...props} formatTime={formatTime} />}
      />
      <YAxis
        type="number"
        domain={[0, max]}
        allowDataOverflow
        ticks={[...valueTicks(max, unit)]}
        interval={0}
        width={axisWidth}
        axisLine={false}
        tickLine={false}
        tickFormatter={(value: number) => (value === 0 ? '0' : axisText(format(value)))}
        tick={{ className: classes.tick ?? '' }}
      />
      {levels.map((level) => (
        <ReferenceLine
          key={level.label}
          y={level.value}
          className={classes.level ?? ''}
          label={{ value: level.label, position: 'insideTopRight', className: classes.levelLabel ?? '' }}
          ifOverflow="hidden"
        />
      ))}
      {children}
    </ComposedChart>
  );
});
