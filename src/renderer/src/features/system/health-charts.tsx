import { useMemo } from 'react';
import { useDocument } from '#renderer/client/documents.ts';
import { useChangeMarks } from '#renderer/frame/change-marks.ts';
import { useTimeRange } from '#renderer/frame/time-range.ts';
import { type UsedTimeline, useTimeline } from '#renderer/streams/use-timeline.ts';
import type { ChartLevel, ChartSpec } from '#renderer/ui/charts/chart-model.ts';
import { createCursor } from '#renderer/ui/charts/cursor.ts';
import { LiveChart } from '#renderer/ui/charts/live-chart.tsx';
import { bytes, duration, perSecond, ratio } from '#renderer/ui/quantity.ts';
import shared from '#renderer/ui/shared.module.css';
import classes from './system.module.css';

type Part = Omit<ChartSpec, 'feed' | 'spanMs' | 'marks'> & { readonly id: string };
const gateway = { type: 'gateway' } as const;

function percentiles(column: UsedTimeline['column'], prefix: string): ChartSpec['series'] {
  return [
    { id: 'p99', label: 'p99', colour: 'series-2', column: column(`${prefix}.p99`), isFaint: true },
    { id: 'p50', label: 'p50', colour: 'series-1', column: column(`${prefix}.p50`) },
  ];
}

function partsOf(column: UsedTimeline['column'], budget: ChartLevel | null): readonly Part[] {
  return [
    {
      id: 'throughput',
      title: 'Events',
      kind: 'lines',
      floor: 1,
      format: perSecond,
      series: [
        { id: 'accepted', label: 'in', colour: 'series-3', column: column('accepted') },
        { id: 'delivered', label: 'out', colour: 'series-1', column: column('delivered') },
        { id: 'failed', label: 'failed', colour: 'bad', column: column('failed'), isOptional: true },
      ],
    },
    {
      id: 'cpu',
      title: 'CPU',
      kind: 'area',
      floor: 0.1,
      format: ratio,
      series: [{ id: 'cpu', label: 'of one core', colour: 'series-1', column: column('cpu') }],
    },
    {
      id: 'lag',
      title: 'Event loop lag',
      kind: 'area',
      unit: 'duration',
      floor: 5,
      format: duration,
      series: [{ id: 'lag', label: 'p99', colour: 'series-4', column: column('loopLagP99Ms') }],
    },
    { id: 'commit', title: 'Commit', kind: 'lines', unit: 'duration', floor: 2, format: duration, series: percentiles(column, 'commit') },
    { id: 'settle', title: 'Settle', kind: 'lines', unit: 'duration', floor: 2, format: duration, series: percentiles(column, 'settle') },
    {
      id: 'memory',
      title: 'Memory',
      kind: 'lines',
      floor: 100e6,
      format: bytes,
      series: [
        { id: 'rss', label: 'process', colour: 'series-1', column: column('rssBytes') },
        { id: 'heap', label: 'heap', colour: 'series-3', column: column('heapBytes') },
      ],
    },
    {
      id: 'log',
      title: 'Log on disk',
      kind: 'area',
      floor: 10e6,
      format: bytes,
      series: [{ id: 'log', label: 'used', colour: 'series-5', column: column('logBytes') }],
      ...(budget === null ? {} : { levels: [budget] }),
    },
    {
      id: 'disk',
      title: 'Disk free',
      kind: 'area',
      floor: 1e9,
      format: bytes,
      series: [{ id: 'disk', label: 'free', colour: 'series-6', column: column('diskFreeBytes') }],
    },
    {
      id: 'sockets',
      title: 'Sockets',
      kind: 'area',
      floor: 10,
      format: (value) => (value === null ? [{ value: '–', unit: '' }] : [{ value: String(Math.round(value)), unit: 'open' }]),
      series: [{ id: 'sockets', label: 'open', colour: 'series-2', column: column('sockets') }],
    },
  ];
}

/** The gateway's own resources over the shared span, pointing at the same moment. */
export function HealthCharts() {
  const range = useTimeRange();
  const timeline = useTimeline(gateway, range.spanMs);
  const marks = useChangeMarks(gateway, range.spanMs);
  const settings = useDocument('settings', 'gateway')?.value ?? null;
  const budgetBytes = settings?.diskBudgetBytes ?? null;
  const cursor = useMemo(createCursor, []);
  const parts = useMemo(
    () => partsOf(timeline.column, budgetBytes === null ? null : { value: budgetBytes, label: 'budget' }),
    [timeline.column, budgetBytes],
  );
  return (
    <div className={classes.charts}>
      {parts.map(({ id, ...spec }) => (
        <div key={id} className={classes.chart}>
          <LiveChart {...spec} feed={timeline.feed} spanMs={range.spanMs} marks={marks} cursor={cursor} height={132} />
        </div>
      ))}
      {timeline.error === null ? null : <p className={shared.quiet}>History is missing: {timeline.error.message}</p>}
    </div>
  );
}
