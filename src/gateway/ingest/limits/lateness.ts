/** How late events are: by when they arrive, and by when they happened. */
import type { LateBucket } from '#contract/telemetry/ingest.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Late events of one request; absent buckets are 0. */
export type LateCounts = Partial<Record<LateBucket, number>>;

interface Timed {
  readonly timestamp: number;
  readonly receivedAt: number;
}

function bucketOf({ timestamp, receivedAt }: Timed): LateBucket | null {
  const late = receivedAt - timestamp;
  if (late < -minuteMs) return 'future';
  if (late < minuteMs) return null;
  if (late < hourMs) return 'underHour';
  if (late < dayMs) return 'underDay';
  return late < 7 * dayMs ? 'underWeek' : 'older';
}

/** Hours that are kept by event time. */
const keptHours = 8 * 24;
/** Events of a day ahead are taken; what is further is not believed. */
const hoursAhead = 25;

/** Accepted events of one source by the hour in which they happened. Bounded: hours that are over go to `earlier`. */
export class EventHours {
  readonly #hours = new Map<number, number>();
  #earlier = 0;
  /** Most events are of one hour: no look-up for them. */
  #hour = Number.NaN;
  #count = 0;

  add({ timestamp }: Timed): void {
    const hour = Math.floor(timestamp / hourMs);
    if (hour === this.#hour) this.#count++;
    else {
      this.#keep();
      this.#hour = hour;
      this.#count = 1;
    }
  }

  #keep(): void {
    if (this.#count > 0) this.#hours.set(this.#hour, (this.#hours.get(this.#hour) ?? 0) + this.#count);
    this.#count = 0;
    if (this.#hours.size > keptHours + hoursAhead) this.#forget();
  }

  #forget(): void {
    const newest = Math.max(...this.#hours.keys());
    for (const [hour, count] of this.#hours) {
      if (hour > newest - keptHours) continue;
      this.#earlier += count;
      this.#hours.delete(hour);
    }
  }

  /** Epoch ms of each hour's start, oldest first. */
  reading(): { readonly byEventTime: { hour: number; events: number }[]; readonly earlier: number } {
    this.#keep();
    this.#forget();
    const byEventTime = [...this.#hours].sort(([a], [b]) => a - b).map(([hour, events]) => ({ hour: hour * hourMs, events }));
    return { byEventTime, earlier: this.#earlier };
  }
}

/** Counts accepted events; null where all are from within a minute. */
export function lateCountsOf(events: readonly { readonly event: Timed }[]): LateCounts | null {
  let counts: LateCounts | null = null;
  for (const { event } of events) {
    const bucket = bucketOf(event);
    if (bucket === null) continue;
    counts ??= {};
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return counts;
}
