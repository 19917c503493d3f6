/** What a chart of a guardrail reads: of a share the value that the guardrail judges, over its window, second by second. */
import type { Guardrail } from '#contract/documents/guardrail.ts';
import type { UsedTimeline } from '#renderer/streams/use-timeline.ts';
import type { ChartFeed, ChartFrame } from '#renderer/ui/charts/frame.ts';

/** Indices of series. */
interface Parts {
  readonly bad: readonly number[];
  readonly all: readonly number[];
}

/** The feed and the series in it; null where history holds no such series. */
export function railFeed(
  guardrail: Guardrail,
  { feed, column }: Pick<UsedTimeline, 'feed' | 'column'>,
): { feed: ChartFeed; column: number } | null {
  const { metric, subject, classes, windowMs } = guardrail;
  if (metric === 'slow') return subject.type === 'destination' ? { feed, column: column('p95') } : null;
  if (metric === 'delivered') return { feed, column: column('delivered') };
  if (metric === 'waiting') return subject.type === 'destination' ? { feed, column: column('waiting') } : null;
  if (metric === 'deadLetters')
    return {
      feed: sharing(feed, windowMs, { bad: [column('error.rejected')], all: [column('error.rejected'), column('delivered')] }),
      column: 0,
    };
  if (metric === 'turnedAway') {
    const bad = [column('malformed'), column('quarantined'), column('refused')];
    return {
      feed: sharing(feed, windowMs, { bad, all: [...bad, column('accepted'), column('duplicate'), column('throttled')] }),
      column: 0,
    };
  }
  const bad = subject.type === 'destination' && classes !== undefined ? classes.map((name) => column(`error.${name}`)) : [column('failed')];
  return { feed: sharing(feed, windowMs, { bad, all: [column('failed'), column('delivered')] }), column: 0 };
}

function sharing(feed: ChartFeed, windowMs: number, parts: Parts): ChartFeed {
  return { ...feed, read: () => slidingShare(feed.read(), windowMs, parts) };
}

/** One series: the share of `bad` in `all` over the window that ends there; NaN without a sample. */
export function slidingShare(frame: ChartFrame, windowMs: number, { bad, all }: Parts): ChartFrame {
  const { at, columns, from, to } = frame;
  const shares = new Float64Array(to).fill(Number.NaN);
  const sum = (indices: readonly number[], point: number) => indices.reduce((total, index) => total + (columns[index]?.[point] || 0), 0);
  let first = from;
  let badSum = 0;
  let allSum = 0;
  for (let point = from; point < to; point++) {
    badSum += sum(bad, point);
    allSum += sum(all, point);
    for (; (at[first] ?? 0) <= (at[point] ?? 0) - windowMs; first++) {
      badSum -= sum(bad, first);
      allSum -= sum(all, first);
    }
    if (allSum > 1e-9) shares[point] = Math.min(1, Math.max(0, badSum / allSum));
  }
  return { ...frame, columns: [shares] };
}
