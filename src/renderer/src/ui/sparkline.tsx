import { memo, useEffect, useRef } from 'react';
import { type SparkSamples, sparkLine, sparkMax } from './spark-path.ts';
import classes from './sparkline.module.css';

export interface SparklineFeed {
  /** The line, and a second one drawn in the failing hue over the same scale. */
  read(): { readonly line: SparkSamples; readonly bad?: SparkSamples; readonly endMs: number };
  /** Calls back when there is something new to draw. */
  subscribe(paint: () => void): () => void;
}

const height = 20;

/** A small line without axes. Its paths are set directly, so that a board of them costs React nothing. */
export const Sparkline = memo(function Sparkline({
  feed,
  width = 88,
  spanMs = 120_000,
}: {
  readonly feed: SparklineFeed;
  readonly width?: number;
  readonly spanMs?: number;
}) {
  const line = useRef<SVGPathElement>(null);
  const bad = useRef<SVGPathElement>(null);
  useEffect(() => {
    const paint = () => {
      const samples = feed.read();
      const startMs = samples.endMs - spanMs;
      const max = Math.max(sparkMax(samples.line, startMs), samples.bad ? sparkMax(samples.bad, startMs) : 0);
      const box = { width, height, endMs: samples.endMs, spanMs, max: max * 1.05, gapMs: 3500 };
      line.current?.setAttribute('d', sparkLine(samples.line, box));
      // A failure in a thousand is for the errors column: a red line along the ground would only shout.
      if (samples.bad) bad.current?.setAttribute('d', sparkMax(samples.bad, startMs) > max * 0.03 ? sparkLine(samples.bad, box) : '');
    };
    paint();
    return feed.subscribe(paint);
  }, [feed, width, spanMs]);
  return (
    <svg className={classes.spark} width={width} height={height} aria-hidden="true">
      <path ref={line} className={classes.line} />
      <path ref={bad} className={classes.bad} />
    </svg>
  );
});
