import { useEffect, useMemo, useState } from 'react';
import type { AppError } from '#contract/errors.ts';
import { call, useLink } from '#renderer/client/session.ts';
import type { ChartFeed } from '#renderer/ui/charts/frame.ts';
import { scheduler } from './scheduler.ts';
import { gatewayNow, onTick, telemetryStore } from './telemetry.ts';
import { createTimeline, feedOf, type Subject, type Timeline } from './timeline.ts';

/** At least this long between two questions for the tail of a coarse history, ms. */
const leastTailMs = 5000;
const finePoints = 900;
const coarsePoints = 600;
const fineSpanMs = 15 * 60_000;

/** The right edge: the newest tick, or the time itself once ticks stay away, so that silence is seen as a gap. */
function endMs(): number {
  return Math.max(telemetryStore.getState().tick?.at ?? 0, gatewayNow() - 1500);
}

function subscribe(paint: () => void): () => void {
  const painter = scheduler.add(paint);
  const stop = onTick(() => painter.mark());
  const timer = setInterval(() => painter.mark(), 1000);
  painter.mark();
  return () => {
    stop();
    clearInterval(timer);
    painter.remove();
  };
}

export interface UsedTimeline {
  readonly feed: ChartFeed;
  /** Index of a series by its name in `timelineColumns`. */
  readonly column: (name: string) => number;
  readonly isLoading: boolean;
  readonly error: AppError | null;
}

async function load(timeline: Timeline, subject: Subject, spanMs: number, isTail: boolean, signal: AbortSignal): Promise<AppError | null> {
  const toMs = endMs();
  const fromMs = isTail && timeline.lastAt !== null ? timeline.lastAt - timeline.stepMs : toMs - spanMs;
  const maxPoints = spanMs <= fineSpanMs ? finePoints : coarsePoints;
  // The tail is asked for at the step that the rest has.
  const points = isTail ? Math.max(10, Math.floor((toMs - fromMs) / timeline.stepMs)) : maxPoints;
  const answer = await call('telemetry.history', { subject, fromMs, toMs, maxPoints: points }, { signal });
  if (!answer.ok) return answer.error;
  if (isTail && answer.value.stepMs !== timeline.stepMs) return load(timeline, subject, spanMs, false, signal);
  timeline.fill(answer.value, isTail);
  return null;
}

/** Samples of a subject over a span, filled from history, kept up live, filled again after a reconnect. */
export function useTimeline(subject: Subject, spanMs: number): UsedTimeline {
  const key = JSON.stringify(subject);
  const generation = useLink((link) => (link.phase === 'live' ? link.generation : 0));
  // biome-ignore lint/correctness/useExhaustiveDependencies: subject is compared by value; another span is another timeline
  const timeline = useMemo(() => createTimeline(subject), [key, spanMs]);
  const feed = useMemo(() => feedOf(timeline, { endMs, subscribe }), [timeline]);
  const [state, setState] = useState<{ readonly isLoading: boolean; readonly error: AppError | null }>({ isLoading: true, error: null });
  useEffect(() => onTick((tick) => timeline.append(tick)), [timeline]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: subject is compared by value
  useEffect(() => {
    if (generation === 0) return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const turn = async (isTail: boolean) => {
      const error = document.hidden && isTail ? null : await load(timeline, subject, spanMs, isTail, abort.signal);
      if (abort.signal.aborted) return;
      setState({ isLoading: false, error });
      if (timeline.stepMs > 1000) timer = setTimeout(() => void turn(true), Math.max(leastTailMs, timeline.stepMs));
    };
    void turn(false);
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [timeline, key, spanMs, generation]);
  return { feed, column: timeline.column, ...state };
}
