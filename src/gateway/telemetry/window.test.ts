import fc from 'fast-check';
import { expect, it } from 'vitest';
import { layouts, type SubjectType, subjectTypes } from './columns.ts';
import { createFrame, readFrame } from './frame.ts';
import { createSketch, latencyOf, record } from './latency-sketch.ts';
import { decodeWindow, emptyWindow, encodeWindow, rollInto, type Window } from './window.ts';

function anyWindow(type: SubjectType): fc.Arbitrary<Window> {
  const { columns, sketches } = layouts[type];
  const value = (scale: number) =>
    fc.option(
      fc.nat(2 ** 31).map((whole) => whole / scale),
      { nil: Number.NaN, freq: 5 },
    );
  const sketch = fc.option(
    fc.array(fc.double({ min: 0.001, max: 100_000, noNaN: true }), { minLength: 1 }).map((values) => {
      const made = createSketch();
      for (const ms of values) record(made, ms);
      return made;
    }),
  );
  return fc.record({
    spanMs: fc.integer({ min: 1, max: 60_000 }),
    values: fc.tuple(...columns.map(({ scale }) => value(scale))),
    sketches: fc.tuple(...sketches.map(() => sketch)),
  });
}

const anyTyped = fc.constantFrom(...subjectTypes).chain((type) => fc.tuple(fc.constant(type), anyWindow(type), anyWindow(type)));
const shown = ({ spanMs, values, sketches }: Window) => ({ spanMs, values, latencies: sketches.map(latencyOf) });

it('a window comes back from its bytes, and from a frame, as it was', () => {
  fc.assert(
    fc.property(anyTyped, ([type, first, second]) => {
      const layout = layouts[type];
      expect(shown(decodeWindow(encodeWindow(first, layout), layout))).toEqual(shown(first));
      const frame = createFrame(5000, 1000, 0);
      frame.add(1, first.values, first.sketches);
      frame.add(2, second.values, second.sketches);
      const read = readFrame(frame.finish(), () => layout);
      expect(read.at).toBe(5000);
      expect(read.entries.map(({ subject, window }) => [subject, shown(window)])).toEqual([
        [1, shown({ ...first, spanMs: 1000 })],
        [2, shown({ ...second, spanMs: 1000 })],
      ]);
    }),
  );
});

it('columns that a younger version appended read as missing', () => {
  const layout = layouts.source;
  const bytes = encodeWindow({ spanMs: 1000, values: [1, 2], sketches: [] }, { columns: layout.columns.slice(0, 2), sketches: [] });
  expect(decodeWindow(bytes, layout).values).toEqual(layout.columns.map((_, index) => (index < 2 ? index + 1 : Number.NaN)));
});

it('an idle destination takes few bytes', () => {
  const window = { ...emptyWindow(layouts.destination), spanMs: 1000 };
  window.values.fill(0);
  expect(encodeWindow(window, layouts.destination).length).toBeLessThan(30);
});

it('rolling up adds counts, keeps the highest or last reading, and weighs means by time', () => {
  const layout = { columns: (['sum', 'max', 'last', 'mean'] as const).map((roll) => ({ name: roll, roll, scale: 1 })), sketches: [] };
  const target = emptyWindow(layout);
  rollInto(target, { spanMs: 1000, values: [5, 9, 1, 10], sketches: [] }, layout);
  rollInto(target, { spanMs: 3000, values: [7, 2, 3, 2], sketches: [] }, layout);
  rollInto(target, { spanMs: 1000, values: [Number.NaN, Number.NaN, Number.NaN, Number.NaN], sketches: [] }, layout);
  expect(target).toEqual({ spanMs: 5000, values: [12, 9, 3, 4], sketches: [] });
});

it('rolling up in any grouping gives the same percentiles', () => {
  fc.assert(
    fc.property(fc.array(anyWindow('destination'), { minLength: 1, maxLength: 8 }), fc.nat(8), (windows, cut) => {
      const layout = layouts.destination;
      const fold = (parts: readonly Window[]) => {
        const target = emptyWindow(layout);
        for (const part of parts) rollInto(target, part, layout);
        return target;
      };
      const grouped = fold([fold(windows.slice(0, cut)), fold(windows.slice(cut))]);
      expect(grouped.sketches.map(latencyOf)).toEqual(fold(windows).sketches.map(latencyOf));
    }),
  );
});
