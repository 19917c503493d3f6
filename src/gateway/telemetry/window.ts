import type { Layout } from './columns.ts';
import { addBin, createSketch, forEachBin, type LatencySketch, mergeInto } from './latency-sketch.ts';

/** One subject in one window: values by column (NaN: no reading) and its sketches. */
export interface Window {
  /** Time that the window really covers, ms; less than its step where the gateway was down. */
  spanMs: number;
  readonly values: number[];
  readonly sketches: (LatencySketch | null)[];
}

export function emptyWindow(layout: Layout): Window {
  return { spanMs: 0, values: layout.columns.map(() => Number.NaN), sketches: layout.sketches.map(() => null) };
}

/** Rolls `later` into `target`, which covers the time before it. Sketches merge, so percentiles stay true. */
export function rollInto(target: Window, later: Window, layout: Layout): void {
  layout.columns.forEach(({ roll }, index) => {
    const [a, b] = [target.values[index] ?? Number.NaN, later.values[index] ?? Number.NaN];
    target.values[index] = Number.isNaN(a) ? b : Number.isNaN(b) ? a : rolled(roll, a, b, target.spanMs, later.spanMs);
  });
  later.sketches.forEach((sketch, index) => {
    if (sketch === null) return;
    const into = target.sketches[index] ?? createSketch();
    mergeInto(into, sketch);
    target.sketches[index] = into;
  });
  target.spanMs += later.spanMs;
}

function rolled(roll: 'sum' | 'max' | 'last' | 'mean', a: number, b: number, aMs: number, bMs: number): number {
  if (roll === 'sum') return a + b;
  if (roll === 'max') return Math.max(a, b);
  return roll === 'last' ? b : (a * aMs + b * bMs) / (aMs + bMs);
}

/** Bins start far below zero: a microsecond is about -346. */
const KEY_OFFSET = 1024;

/**
 * A window as bytes: variable-length whole numbers, values shifted by one so that 0 is "no reading",
 * then per sketch the number of bins, and each bin as the distance from the one before and its
 * count. An idle destination takes some 20 bytes, a busy one 150.
 */
export function encodeWindow(window: Window, layout: Layout): Buffer {
  const numbers: number[] = [window.spanMs];
  layout.columns.forEach(({ scale }, index) => {
    const value = window.values[index] ?? Number.NaN;
    numbers.push(Number.isNaN(value) ? 0 : Math.max(0, Math.round(value * scale)) + 1);
  });
  for (const sketch of window.sketches) {
    const bins: number[] = [];
    let previous = -KEY_OFFSET;
    if (sketch !== null) {
      forEachBin(sketch, (key, count) => {
        bins.push(key - previous, count);
        previous = key;
      });
    }
    numbers.push(bins.length / 2, ...bins);
  }
  return encodeNumbers(numbers);
}

/** The reverse; columns that a younger version appended are missing and read as NaN. */
export function decodeWindow(bytes: Uint8Array, layout: Layout): Window {
  const numbers = decodeNumbers(bytes);
  const values = layout.columns.map(({ scale }, index) => {
    const stored = numbers[index + 1] ?? 0;
    return stored === 0 ? Number.NaN : (stored - 1) / scale;
  });
  let at = layout.columns.length + 1;
  const sketches = layout.sketches.map(() => {
    const bins = numbers[at++] ?? 0;
    if (bins === 0) return null;
    const sketch = createSketch();
    let key = -KEY_OFFSET;
    for (let bin = 0; bin < bins; bin++) {
      key += numbers[at++] ?? 0;
      addBin(sketch, key, numbers[at++] ?? 0);
    }
    return sketch;
  });
  return { spanMs: numbers[0] ?? 0, values, sketches };
}

/** LEB128 of whole numbers up to 2^53: division and not shifts, which stop at 32 bits. */
function encodeNumbers(numbers: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(numbers.length * 8);
  let at = 0;
  for (const number of numbers) {
    let rest = number;
    while (rest >= 128) {
      bytes[at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    bytes[at++] = rest;
  }
  return bytes.subarray(0, at);
}

function decodeNumbers(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  let number = 0;
  let place = 1;
  for (const byte of bytes) {
    number += (byte & 127) * place;
    if (byte >= 128) place *= 128;
    else {
      numbers.push(number);
      number = 0;
      place = 1;
    }
  }
  return numbers;
}
