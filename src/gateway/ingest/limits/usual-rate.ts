const minuteMs = 60_000;
/** Nothing is usual before so many minutes were seen. */
const leastMinutes = 60;
/** What was an hour ago counts half as much as now. */
const keepAMinute = 0.5 ** (1 / 60);
/** Seconds of the present rate. */
const presentSeconds = 10;

export interface UsualNote {
  readonly perSecond: number;
  readonly minutes: number;
}

/** The rate of one source now and usually: a mean over its last hours, in which each hour counts half of the next. */
export class UsualRate {
  #perSecond: number;
  #minutes: number;
  #inMinute = 0;
  #minuteStart: number | null = null;
  readonly #seconds: number[] = [];

  constructor(note: UsualNote = { perSecond: 0, minutes: 0 }) {
    this.#perSecond = note.perSecond;
    this.#minutes = note.minutes;
  }

  /** Called once a second. @param now monotonic ms */
  second(events: number, now: number): void {
    this.#seconds.push(events);
    if (this.#seconds.length > presentSeconds) this.#seconds.shift();
    this.#minuteStart ??= now - 1000;
    this.#inMinute += events;
    if (now - this.#minuteStart < minuteMs) return;
    const perSecond = (this.#inMinute * 1000) / (now - this.#minuteStart);
    // The first hour is a plain mean; it would begin at 0 otherwise.
    const weight = Math.max(1 - keepAMinute, 1 / (this.#minutes + 1));
    this.#perSecond += (perSecond - this.#perSecond) * weight;
    this.#minutes = Math.min(this.#minutes + 1, leastMinutes);
    this.#inMinute = 0;
    this.#minuteStart = now;
  }

  /** Events a second over the last ten. */
  get now(): number {
    return this.#seconds.length === 0 ? 0 : this.#seconds.reduce((sum, events) => sum + events, 0) / this.#seconds.length;
  }

  /** null before it was watched for an hour. */
  get usual(): number | null {
    return this.#minutes < leastMinutes ? null : this.#perSecond;
  }

  get note(): UsualNote {
    return { perSecond: Number(this.#perSecond.toPrecision(6)), minutes: this.#minutes };
  }
}
