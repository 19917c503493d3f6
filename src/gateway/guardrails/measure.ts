/** What a guardrail watches, read from one second of telemetry. */
import type { Guardrail, Subject } from '#contract/documents/guardrail.ts';
import type { DestinationTick, ErrorClass, Tick } from '#contract/telemetry/tick.ts';
import { forEachBin, type LatencySketch } from '#gateway/telemetry/latency-sketch.ts';
import type { MeterWindow } from '#gateway/telemetry/meter.ts';

/** One second: the tick, and what of its latencies a tick does not tell. */
export interface Second {
  readonly tick: Tick;
  /** Requests of this second by how long they took; null where there were none. */
  latency(destination: string): LatencySketch | null;
}

export function secondOf(tick: Tick, { destinations }: MeterWindow): Second {
  return { tick, latency: (id) => destinations.get(id)?.latency ?? null };
}

/** Of a share: how many of how many. Of a reading: its value. */
export type Sample = { readonly bad: number; readonly n: number } | { readonly level: number };

/** Reads one subject's second, time after time: some counts are differences of two. */
export type Gauge = (second: Second) => Sample;

const nothing: Sample = { bad: 0, n: 0 };

export function createGauge({ metric, classes, overMs = 0 }: Guardrail, subject: Subject): Gauge {
  switch (metric) {
    case 'errors':
      return ({ tick }) => {
        const lanes = destinationsOf(tick, subject);
        const all = sum(lanes, ({ errors }) => countErrors(errors));
        return { bad: sum(lanes, ({ errors }) => countErrors(errors, classes)), n: all + sum(lanes, ({ delivered }) => delivered) };
      };
    case 'deadLetters':
      return deadLetterGauge(subject);
    case 'slow':
      return (second) => slowOf(second, subject, overMs);
    case 'turnedAway':
      return ({ tick }) => {
        const source = tick.sources.find(({ id }) => subject.type === 'source' && id === subject.id);
        return source === undefined ? nothing : { bad: source.malformed + source.quarantined + source.refused, n: source.received };
      };
    case 'waiting':
      return ({ tick }) => ({ level: sum(destinationsOf(tick, subject), ({ waiting, retrying }) => waiting + retrying) });
    case 'delivered':
      return ({ tick }) => ({
        level: sum(destinationsOf(tick, subject), ({ delivered }) => delivered) / (tick.windowMs / 1000),
      });
  }
}

/** New ones, among what ended. A replay takes dead letters away again; that makes no event end well twice. */
function deadLetterGauge(subject: Subject): Gauge {
  let before: number | null = null;
  return ({ tick }) => {
    const lanes = destinationsOf(tick, subject);
    const dead = sum(lanes, (lane) => lane.dead);
    const bad = before === null ? null : Math.max(0, dead - before);
    before = dead;
    return bad === null ? nothing : { bad, n: bad + sum(lanes, ({ delivered }) => delivered) };
  };
}

function slowOf({ tick, latency }: Second, subject: Subject, overMs: number): Sample {
  let bad = 0;
  let n = 0;
  for (const { id } of destinationsOf(tick, subject)) {
    const sketch = latency(id);
    if (sketch === null) continue;
    n += sketch.count;
    forEachBin(sketch, (key, count) => {
      if (sketch.mapping.value(key) > overMs) bad += count;
    });
  }
  return { bad, n };
}

function destinationsOf({ destinations }: Tick, subject: Subject): readonly DestinationTick[] {
  return subject.type === 'gateway' ? destinations : destinations.filter(({ id }) => subject.type === 'destination' && id === subject.id);
}

function countErrors(errors: DestinationTick['errors'], classes?: readonly ErrorClass[]): number {
  let count = 0;
  for (const [name, events] of Object.entries(errors)) if (classes === undefined || classes.some((each) => each === name)) count += events;
  return count;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += of(item);
  return total;
}
