import { useMemo } from 'react';
import { type Guardrail, isShare } from '#contract/documents/guardrail.ts';
import { useChangeMarks } from '#renderer/frame/change-marks.ts';
import { useTimeRange } from '#renderer/frame/time-range.ts';
import { useTimeline } from '#renderer/streams/use-timeline.ts';
import type { ChartMark } from '#renderer/ui/charts/chart-model.ts';
import type { ChartCursor } from '#renderer/ui/charts/cursor.ts';
import { LiveChart } from '#renderer/ui/charts/live-chart.tsx';
import { duration } from '#renderer/ui/quantity.ts';
import { railFeed } from './rail-feed.ts';
import classes from './rollouts.module.css';
import { metricTitle, railQuantity, railTitle } from './words.ts';

/** What a guardrail watches, live, with its bound as a level and the steps of the rollout as marks. */
export function RailChart({
  guardrail,
  bound,
  steps,
  cursor,
  nameOf,
}: {
  readonly guardrail: Guardrail;
  /** In force now; null while it is not known. */
  readonly bound: number | null;
  /** The rollout's own marks. */
  readonly steps: readonly ChartMark[];
  readonly cursor: ChartCursor;
  readonly nameOf: (id: string) => string;
}) {
  const range = useTimeRange();
  const timeline = useTimeline(guardrail.subject, range.spanMs);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a guardrail never changes within a rollout
  const read = useMemo(() => railFeed(guardrail, timeline), [timeline.feed, timeline.column]);
  const { subject } = guardrail;
  const changes = useChangeMarks(subject.type === 'destination' ? subject : { type: 'gateway' }, range.spanMs);
  // A step is a change of the flag, too: it is told once.
  const marks = useMemo(() => [...steps, ...changes.filter(({ at }) => steps.every((step) => step.at !== at))], [steps, changes]);
  const isSlow = guardrail.metric === 'slow';
  const level = isSlow ? (guardrail.overMs ?? null) : bound;
  const series = useMemo(
    () => [
      { id: 'value', label: isSlow ? 'p95' : metricTitle(guardrail.metric).toLowerCase(), colour: 'series-1', column: read?.column ?? 0 },
    ],
    [guardrail.metric, isSlow, read],
  );
  const levels = useMemo(() => (level === null ? [] : [{ value: level, label: isSlow ? 'slow' : 'allowed' }]), [level, isSlow]);
  if (read === null) return <p className={classes.quiet}>There is no stored history of this.</p>;
  return (
    <div className={classes.chart}>
      <LiveChart
        title={railTitle(guardrail, nameOf)}
        kind="lines"
        feed={read.feed}
        spanMs={range.spanMs}
        floor={isShare(guardrail.metric) && !isSlow ? Math.max(0.01, (level ?? 0) * 1.5) : (level ?? 1) * 1.25}
        format={isSlow ? duration : railQuantity(guardrail)}
        unit={isSlow ? 'duration' : 'plain'}
        series={series}
        levels={levels}
        marks={marks}
        cursor={cursor}
      />
      {timeline.error === null ? null : <p className={classes.problem}>History is missing: {timeline.error.message}</p>}
    </div>
  );
}
