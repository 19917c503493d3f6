const dayMs = 86_400_000;

/** Number of a UTC day since the epoch. */
export function dayOf(now: number): number {
  return Math.floor(now / dayMs);
}

/** Events of the day. The day ends at midnight UTC, for all senders alike. */
export class DayCount {
  #day: number;
  #used: number;

  constructor(day: number, used: number) {
    this.#day = day;
    this.#used = used;
  }

  get day(): number {
    return this.#day;
  }

  /** @param now epoch ms */
  used(now: number): number {
    const day = dayOf(now);
    // A clock that steps back must not give a day twice.
    if (day > this.#day) {
      this.#day = day;
      this.#used = 0;
    }
    return this.#used;
  }

  add(count: number, now: number): void {
    this.#used = Math.max(0, this.used(now) + count);
  }

  /** Epoch ms at which it starts anew. */
  get resetsAt(): number {
    return (this.#day + 1) * dayMs;
  }
}
