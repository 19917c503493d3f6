/**
 * What is counted and limited of one source and of each of its write keys. An account outlives changes of its document: what was
 * used stays used. Ingest holds the key's account; where nothing limits it, a request costs two additions.
 */
import type { AppError } from '#contract/errors.ts';
import type { ThrottleReading, ThrottleReason } from '#contract/telemetry/ingest.ts';
import { EventHours } from './lateness.ts';
import { limitError } from './limit-error.ts';
import type { Standing } from './standing.ts';
import { UsualRate } from './usual-rate.ts';

/** A spell of holding back is over when nothing was held back for so long, ms. */
const calmMs = 10_000;

export interface Clocks {
  /** ms, never steps. */
  monotonic(): number;
  /** Epoch ms. */
  now(): number;
}

interface Spell {
  readonly reason: ThrottleReason;
  readonly why: string;
  readonly since: number;
  until: number | null;
  lastAt: number;
}

const words: Readonly<Record<'rate' | 'quota' | 'surge', string>> = {
  rate: 'sends faster than its limit',
  quota: 'has used up its events of the day',
  surge: 'sends many times more than usual',
};

export class SourceAccount {
  readonly id: string;
  readonly standing: Standing;
  readonly usual: UsualRate;
  readonly hours = new EventHours();
  /** In force while the source surges and that is to be held back. */
  surge: Standing | null = null;
  #spell: Spell | null = null;

  constructor(id: string, standing: Standing, usual = new UsualRate()) {
    this.id = id;
    this.standing = standing;
    this.usual = usual;
  }

  throttled(reason: ThrottleReason, why: string, until: number | null, at: number): void {
    if (this.#spell === null || at - this.#spell.lastAt > calmMs || this.#spell.reason !== reason)
      this.#spell = { reason, why, since: at, until, lastAt: at };
    this.#spell.lastAt = at;
    this.#spell.until = until;
  }

  throttle(at: number): ThrottleReading | null {
    if (this.#spell === null || at - this.#spell.lastAt > calmMs) return null;
    const { reason, why, since, until } = this.#spell;
    return { reason, why, since, until };
  }
}

export class KeyAccount {
  readonly source: SourceAccount;
  /** `main`, or the label of a further key. */
  readonly label: string;
  readonly standing: Standing;
  requests = 0;
  events = 0;
  throttled = 0;
  bad = 0;
  bytes = 0;
  /** Epoch ms; 0 for never. */
  lastUsedAt = 0;
  readonly #clocks: Clocks;

  constructor(source: SourceAccount, label: string, standing: Standing, clocks: Clocks) {
    this.source = source;
    this.label = label;
    this.standing = standing;
    this.#clocks = clocks;
  }

  get isLimited(): boolean {
    return this.standing.isLimited || this.source.standing.isLimited || this.source.surge !== null;
  }

  /** Why no event may come now, or null. */
  refusal(): AppError | null {
    const { source } = this;
    const [now, at] = [this.#clocks.monotonic(), this.#clocks.now()];
    const surging = source.surge?.reached(now, at);
    const reached =
      this.standing.reached(now, at) ?? source.standing.reached(now, at) ?? (surging ? { ...surging, reason: 'surge' as const } : null);
    if (reached === null) return null;
    const who = reached.of === 'key' ? `the key ${this.label}` : 'it';
    source.throttled(reached.reason, `${who} ${words[reached.reason]}`, Math.ceil(at + reached.waitMs), at);
    return limitError(reached);
  }

  /** Takes note of events that came, whatever becomes of them. @param at epoch ms */
  count(events: number, bytes: number, at: number): void {
    this.events += events;
    this.bytes += bytes;
    this.lastUsedAt = at;
  }

  charge(events: number): void {
    const [now, at] = [this.#clocks.monotonic(), this.#clocks.now()];
    this.standing.charge(events, now, at);
    this.source.standing.charge(events, now, at);
    this.source.surge?.charge(events, now, at);
  }

  /** Events of a charged request that were not stored: duplicates, bad ones, refused ones. They do not use up the day. */
  giveBack(events: number): void {
    if (events === 0) return;
    const at = this.#clocks.now();
    this.standing.giveBack(events, at);
    this.source.standing.giveBack(events, at);
  }
}
