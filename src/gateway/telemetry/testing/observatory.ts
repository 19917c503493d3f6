import { onTestFinished } from 'vitest';
import type { LogStats } from '#gateway/log/event-log.ts';
import type { LaneReading } from '../lane-reading.ts';
import { createMeter, type MeterReader } from '../meter.ts';
import { createTelemetry, type Telemetry, type TelemetryOptions } from '../telemetry.ts';

export const START = Date.parse('2026-11-20T12:00:00.000Z');

export const emptyStats: LogStats = {
  bytes: 4096,
  segments: 1,
  diskFreeBytes: 1e9,
  dedupeEntries: 0,
  dedupeWindowMs: 0,
  commitMs: [],
  settleMs: [],
};

export function lane(overrides: Partial<LaneReading> = {}): LaneReading {
  return {
    id: 'board',
    state: 'flowing',
    since: START,
    why: '',
    desired: 'flow',
    inFlight: 0,
    waiting: 0,
    held: 0,
    retrying: 0,
    dead: 0,
    oldestAt: null,
    budgetUsed: 0,
    breaker: 'closed',
    ...overrides,
  };
}

/** A clock and one timer, both moved by hand. */
export function createHandClock(start = START) {
  let now = start;
  let due: { readonly at: number; readonly callback: () => void } | null = null;
  return {
    now: () => now,
    schedule(callback: () => void, delayMs: number) {
      const mine = { at: now + delayMs, callback };
      due = mine;
      return () => {
        if (due === mine) due = null;
      };
    },
    /** Moves on, calling what falls due on the way. */
    advance(ms: number) {
      const end = now + ms;
      while (due !== null && due.at <= end) {
        now = due.at;
        const { callback } = due;
        due = null;
        callback();
      }
      now = end;
    },
    set(ms: number) {
      now = ms;
    },
  };
}

export interface Observatory {
  readonly telemetry: Telemetry;
  readonly meter: MeterReader;
  readonly clock: ReturnType<typeof createHandClock>;
  readonly warnings: string[];
  lanes: readonly LaneReading[];
}

/** Telemetry over a hand clock; closed when the test ends unless it was already. */
export async function openObservatory(overrides: Partial<TelemetryOptions> = {}, clock = createHandClock()): Promise<Observatory> {
  const meter = createMeter();
  const warnings: string[] = [];
  const observatory = { meter, clock, warnings, lanes: [lane()] as readonly LaneReading[] };
  const created = await createTelemetry({
    folder: null,
    node: 'test',
    meter,
    log: { head: () => 7, stats: () => emptyStats },
    lanes: () => observatory.lanes,
    sourceIds: () => ['web'],
    sockets: () => 3,
    now: clock.now,
    schedule: clock.schedule,
    nextTurn: (work) => work(),
    logger: { warn: (_details, message) => void warnings.push(message) },
    ...overrides,
  });
  if (!created.ok) throw new Error(created.error.code);
  const telemetry = created.value;
  onTestFinished(() => telemetry.close());
  return Object.assign(observatory, { telemetry });
}
