/** One window of all subjects as the frame that the store takes: values in the order of `columns.ts`. */
import { lateBuckets } from '#contract/telemetry/ingest.ts';
import { errorClasses, type Tick } from '#contract/telemetry/tick.ts';
import { createFrame, type FrameWriter } from './frame.ts';
import type { LatencySketch } from './latency-sketch.ts';
import type { MeterWindow } from './meter.ts';
import type { ResourceReading } from './resources.ts';
import type { TelemetryStore } from './telemetry-store.ts';
import { inPieces } from './turns.ts';
import type { SubjectKey } from './window-store.ts';

/** Room for a busy destination: its columns and some 60 bins. */
const NUMBERS_A_SUBJECT = 150;

/** Some 20 µs each. */
const destinationsAtOnce = 50;

export interface WindowWriter {
  /** In pieces: the frame goes to the store with the last of them. */
  write(tick: Tick, window: MeterWindow, resources: ResourceReading): Iterable<void>;
}

export function createWindowWriter(store: Pick<TelemetryStore, 'announce' | 'putFrame'>): WindowWriter {
  const numbers = new Map<string, number>();

  function numberOf(key: SubjectKey): number {
    const name = `${key.type}:${key.id}`;
    let number = numbers.get(name);
    if (number === undefined) {
      number = numbers.size + 1;
      numbers.set(name, number);
      store.announce(number, key);
    }
    return number;
  }

  return {
    *write(tick, window, resources) {
      const subjects = 1 + tick.sources.length + tick.destinations.length;
      const frame = createFrame(tick.at, tick.windowMs, subjects * NUMBERS_A_SUBJECT);
      frame.add(numberOf({ type: 'gateway', id: '' }), gatewayValues(tick), [resources.commit, resources.settle]);
      for (const source of tick.sources) {
        const { accepted, duplicate, malformed, quarantined, throttled, refused, bytes, lateness = {} } = source;
        const late = lateBuckets.map((bucket) => lateness[bucket] ?? 0);
        frame.add(
          numberOf({ type: 'source', id: source.id }),
          [accepted, duplicate, malformed, quarantined, throttled, refused, bytes, ...late],
          [],
        );
      }
      yield* inPieces(tick.destinations, destinationsAtOnce, (destination) =>
        addDestination(
          frame,
          numberOf({ type: 'destination', id: destination.id }),
          tick,
          destination,
          window.destinations.get(destination.id)?.latency ?? null,
        ),
      );
      store.putFrame(frame.finish());
    },
  };
}

function gatewayValues({ sources, destinations, resources, head }: Tick): number[] {
  let [received, accepted, delivered, failed, dropped] = [0, 0, 0, 0, 0];
  for (const source of sources) {
    received += source.received;
    accepted += source.accepted;
  }
  for (const destination of destinations) {
    delivered += destination.delivered;
    dropped += destination.dropped;
    for (const name of errorClasses) failed += destination.errors[name] ?? 0;
  }
  const { cpu, loopLagP99Ms, rssBytes, heapBytes, diskFreeBytes, logBytes, sockets } = resources;
  return [
    received,
    accepted,
    delivered,
    failed,
    dropped,
    cpu,
    loopLagP99Ms,
    rssBytes,
    heapBytes,
    diskFreeBytes ?? Number.NaN,
    logBytes,
    sockets,
    head,
  ];
}

function addDestination(
  frame: FrameWriter,
  number: number,
  tick: Tick,
  destination: Tick['destinations'][number],
  latency: LatencySketch | null,
): void {
  const { delivered, confirmed, dropped, errors, bytesOut, inFlight, waiting, held, retrying, dead, oldestAt, budgetUsed } = destination;
  const oldestAgeMs = oldestAt === null ? 0 : Math.max(0, tick.at - oldestAt);
  const byClass = errorClasses.map((name) => errors[name] ?? 0);
  frame.add(
    number,
    [delivered, confirmed, dropped, ...byClass, bytesOut, inFlight, waiting, held, retrying, dead, oldestAgeMs, budgetUsed],
    [latency],
  );
}
