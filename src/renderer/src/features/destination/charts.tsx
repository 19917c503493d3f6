import { useMemo } from 'react';
import { errorClasses } from '#contract/telemetry/tick.ts';
import { useChangeMarks } from '#renderer/frame/change-marks.ts';
import { useTimeRange } from '#renderer/frame/time-range.ts';
import { type UsedTimeline, useTimeline } from '#renderer/streams/use-timeline.ts';
import type { ChartSpec } from '#renderer/ui/charts/chart-model.ts';
import { createCursor } from '#renderer/ui/charts/cursor.ts';
import { LiveChart } from '#renderer/ui/charts/live-chart.tsx';
import { approximate, duration, perSecond } from '#renderer/ui/quantity.ts';
import classes from './destination.module.css';
import { useVerdictMarks } from './verdict-marks.ts';

type Column = UsedTimeline['column'];
type ChartPart = Omit<ChartSpec, 'feed' | 'spanMs' | 'marks'> & { readonly id: string };

/** Colours of failure classes: they mean a class, not a state, so none of them is a status hue. */
const classColours: Readonly<Record<(typeof errorClasses)[number], string>> = {
  server: 'series-1',
  timeout: 'series-3',
  throttled: 'series-5',
  network: 'series-4',
  auth: 'series-6',
  rejected: 'series-2',
  uncertain: 'series-7',
};

function partsOf(column: Column): readonly ChartPart[] {
  return [
    {
      id: 'throughput',
      title: 'Throughput',
      kind: 'area',
      floor: 1,
      format: perSecond,
      series: [
        { id: 'delivered', label: 'delivered', colour: 'series-1', column: column('delivered') },
        { id: 'failed', label: 'failed', colour: 'bad', column: column('failed') },
        { id: 'dropped', label: 'dropped', colour: 'hold', column: column('dropped'), isOptional: true },
      ],
    },
    {
      id: 'latency',
      title: 'Latency',
      kind: 'lines',
      unit: 'duration',
      floor: 10,
      format: duration,
      series: [
        { id: 'p99', label: 'p99', colour: 'series-2', column: column('p99'), isFaint: true },
        { id: 'p95', label: 'p95', colour: 'series-3', column: column('p95') },
        { id: 'p50', label: 'p50', colour: 'series-1', column: column('p50') },
      ],
    },
    {
      id: 'errors',
      title: 'Errors by class',
      kind: 'stack',
      floor: 1,
      format: perSecond,
      series: errorClasses.map((name) => ({ id: name, label: name, colour: classColours[name], column: column(`error.${name}`) })),
    },
    {
      id: 'waiting',
      title: 'Waiting',
      kind: 'area',
      floor: 10,
      format: approximate,
      series: [
        { id: 'waiting', label: 'waiting', colour: 'series-1', column: column('waiting') },
        { id: 'retrying', label: 'retrying', colour: 'series-5', column: column('retrying') },
      ],
    },
    {
      id: 'oldest',
      title: 'Age of the oldest',
      kind: 'area',
      unit: 'duration',
      floor: 1000,
      format: duration,
      series: [{ id: 'age', label: 'oldest', colour: 'series-4', column: column('oldestAgeMs') }],
    },
    {
      id: 'flight',
      title: 'In flight',
      kind: 'lines',
      floor: 4,
      format: approximate,
      series: [{ id: 'flight', label: 'requests', colour: 'series-3', column: column('inFlight') }],
    },
  ];
}

/** The charts of a destination over the shared span, pointing at the same moment. `only` picks some of them. */
export function DestinationCharts({
  id,
  only,
  height = 168,
}: {
  readonly id: string;
  readonly only?: readonly string[];
  readonly height?: number;
}) {
  const range = useTimeRange();
  const timeline = useTimeline({ type: 'destination', id }, range.spanMs);
  const changeMarks = useChangeMarks({ type: 'destination', id }, range.spanMs);
  const verdictMarks = useVerdictMarks(id);
  const marks = useMemo(() => [...changeMarks, ...verdictMarks], [changeMarks, verdictMarks]);
  const cursor = useMemo(createCursor, []);
  const parts = useMemo(() => partsOf(timeline.column), [timeline.column]);
  return (
    <div className={classes.charts} data-few={only !== undefined || undefined}>
      {parts
        .filter((part) => only?.includes(part.id) ?? true)
        .map(({ id: part, ...spec }) => (
          <div key={part} className={classes.chart}>
            <LiveChart {...spec} feed={timeline.feed} spanMs={range.spanMs} marks={marks} cursor={cursor} height={height} />
          </div>
        ))}
      {timeline.error === null ? null : <p className={classes.problem}>History is missing: {timeline.error.message}</p>}
    </div>
  );
}

const fewCharts = ['throughput', 'latency', 'errors'] as const;

/** Those that the inspector has room for. */
export function FewCharts({ id }: { readonly id: string }) {
  return <DestinationCharts id={id} only={fewCharts} height={128} />;
}
