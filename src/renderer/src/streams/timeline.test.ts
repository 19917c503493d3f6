import { describe, expect, it } from 'vitest';
import type { DestinationTick, Tick } from '#contract/telemetry/tick.ts';
import { createTimeline } from './timeline.ts';

const subject = { type: 'destination', id: 'hubspot' } as const;

function tickAt(at: number, delivered: number): Tick {
  const destination = {
    id: 'hubspot',
    delivered,
    confirmed: 0,
    dropped: 0,
    errors: { server: 4 },
    latency: { n: 0, p50: null, p95: null, p99: null },
    oldestAt: at - 5000,
    waiting: 7,
  } as unknown as DestinationTick;
  return { at, windowMs: 2000, destinations: [destination], sources: [] } as unknown as Tick;
}

function valuesOf(timeline: ReturnType<typeof createTimeline>, name: string): readonly (readonly [number, number])[] {
  const { at, columns, from, to } = timeline.read();
  const column = columns[timeline.column(name)] ?? [];
  return Array.from({ length: to - from }, (_, offset) => [at[from + offset] ?? 0, column[from + offset] ?? 0]);
}

describe('the samples of a subject', () => {
  it('writes counts of a tick as rates a second, and no latency as no data', () => {
    const timeline = createTimeline(subject);
    timeline.append(tickAt(1000, 10));
    expect(valuesOf(timeline, 'delivered')).toEqual([[1000, 5]]);
    expect(valuesOf(timeline, 'error.server')).toEqual([[1000, 2]]);
    expect(valuesOf(timeline, 'failed')).toEqual([[1000, 2]]);
    expect(valuesOf(timeline, 'oldestAgeMs')).toEqual([[1000, 5000]]);
    expect(valuesOf(timeline, 'p95')).toEqual([[1000, Number.NaN]]);
  });

  it('puts history before the ticks that came while it was awaited, and counts none twice', () => {
    const timeline = createTimeline(subject);
    timeline.append(tickAt(3000, 6));
    timeline.append(tickAt(4000, 8));
    timeline.fill({ stepMs: 1000, at: [1000, 2000, 3000], series: { delivered: [1, null, 3] } });
    expect(valuesOf(timeline, 'delivered')).toEqual([
      [1000, 1],
      [2000, Number.NaN],
      [3000, 3],
      [4000, 4],
    ]);
  });

  it('does not mix ticks into history of a coarser step', () => {
    const timeline = createTimeline(subject);
    timeline.fill({ stepMs: 10_000, at: [10_000, 20_000], series: { delivered: [1, 2] } });
    timeline.append(tickAt(21_000, 10));
    timeline.fill({ stepMs: 10_000, at: [20_000, 30_000], series: { delivered: [5, 6] } }, true);
    expect(valuesOf(timeline, 'delivered')).toEqual([
      [10_000, 1],
      [20_000, 5],
      [30_000, 6],
    ]);
  });
});
