/**
 * One second of all subjects as a single Float64Array, handed to the store's worker without a copy:
 * writing it costs the main thread a fraction of what cloning 500 objects would.
 *
 * Layout: at, spanMs, then per subject: subject number, values by column, and per sketch the number
 * of bins and (key, count) pairs.
 */

import type { Layout } from './columns.ts';
import { addBin, createSketch, forEachBin, type LatencySketch } from './latency-sketch.ts';
import type { Window } from './window.ts';

export interface FrameWriter {
  /** Adds one subject; `subject` is its number, as announced to the store. */
  add(subject: number, values: readonly number[], sketches: readonly (LatencySketch | null)[]): void;
  finish(): Float64Array<ArrayBuffer>;
}

export function createFrame(at: number, spanMs: number, capacity: number): FrameWriter {
  let numbers = new Float64Array(Math.max(64, capacity));
  let length = 2;
  numbers[0] = at;
  numbers[1] = spanMs;

  function push(value: number): void {
    if (length === numbers.length) {
      const larger = new Float64Array(numbers.length * 2);
      larger.set(numbers);
      numbers = larger;
    }
    numbers[length++] = value;
  }

  return {
    add(subject, values, sketches) {
      push(subject);
      for (const value of values) push(value);
      for (const sketch of sketches) {
        const countAt = length;
        push(0);
        if (sketch === null) continue;
        forEachBin(sketch, (key, count) => {
          push(key);
          push(count);
        });
        numbers[countAt] = (length - countAt - 1) / 2;
      }
    },
    finish: () => numbers.slice(0, length),
  };
}

export interface FrameEntry {
  readonly subject: number;
  readonly window: Window;
}

/** Reads a frame back. `layoutOf` says what a subject's numbers mean. */
export function readFrame(
  frame: Float64Array,
  layoutOf: (subject: number) => Layout,
): { readonly at: number; readonly entries: readonly FrameEntry[] } {
  let position = 2;
  const next = () => frame[position++] ?? Number.NaN;
  const entries: FrameEntry[] = [];
  while (position < frame.length) {
    const subject = next();
    const layout = layoutOf(subject);
    const values = layout.columns.map(next);
    const sketches = layout.sketches.map(() => readSketch(next));
    entries.push({ subject, window: { spanMs: frame[1] ?? 0, values, sketches } });
  }
  return { at: frame[0] ?? 0, entries };
}

function readSketch(next: () => number): LatencySketch | null {
  const bins = next();
  if (bins === 0) return null;
  const sketch = createSketch();
  for (let bin = 0; bin < bins; bin++) addBin(sketch, next(), next());
  return sketch;
}
