/**
 * Gives entries to other destinations, and ends them as diverted once the gift is durable. What a former run gave
 * away and did not settle is ended as diverted too, whatever the switches say by now: the other destination has it.
 */
import { AppFailure } from '#contract/errors.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import type { LaneRules } from './rules.ts';
import type { End, Entry } from './window.ts';

export interface DiverterHost {
  readonly destination: string;
  readonly log: Pick<EventLog, 'diverting'>;
  rules(): LaneRules;
  /** Of the lane. */
  epoch(): number;
  now(): number;
  ended(entry: Entry, end: End): void;
  /** Takes an entry back whose target is gone: it is decided anew. */
  offer(entry: Entry): void;
  /** Another destination has so many more events that are due. */
  gave(to: string, events: number): void;
  wake(): void;
  bug(error: unknown): void;
}

/** Events of one gift. */
const mostAtOnce = 1024;
const storeRetryMs = 1000;
/** Until the rules know that a target is gone. */
const goneRetryMs = 50;

/** Not given: they are this destination's still. */
function release(entries: readonly Entry[]): void {
  for (const entry of entries) entry.phase = 'pending';
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const diverted: End = { to: 'terminal', state: 'diverted' };

export class Diverter {
  readonly #host: DiverterHost;
  /** Seqs that a former run gave away and did not settle; null until they are known. */
  #away: Set<number> | null = null;
  readonly #waiting = new Map<string, Entry[]>();
  #isRunning = false;
  #isStopped = false;

  constructor(host: DiverterHost) {
    this.#host = host;
    host.log.diverting.unsettled(host.destination).then((seqs) => {
      this.#away = new Set(seqs);
      host.wake();
    }, host.bug);
  }

  /** False while it is not known what was given away: nothing may be sent before. */
  get isReady(): boolean {
    return this.#away !== null;
  }
  /** Nothing is being given. */
  get isIdle(): boolean {
    return !this.#isRunning;
  }
  isAway(seq: number): boolean {
    return this.#away?.has(seq) ?? false;
  }

  /** Gives an entry to whom the rules say; ends one that is away already. */
  take(entry: Entry): void {
    if (this.#away?.delete(entry.record.seq)) return this.#host.ended(entry, diverted);
    const to = this.#host.rules().targetOf(entry.record);
    if (to === null) return this.#host.offer(entry);
    // Counts as flying: a gift that takes long must not hold up the cursor, nor be forgotten where the lane stops.
    entry.phase = 'flying';
    entry.flyingSince = this.#host.now();
    const entries = this.#waiting.get(to) ?? [];
    entries.push(entry);
    this.#waiting.set(to, entries);
    if (!this.#isRunning) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    // Whatever is taken in this turn shares one gift.
    await null;
    try {
      for (let next = this.#next(); next !== null; next = this.#next()) await this.#give(next.to, next.entries);
    } catch (error) {
      this.#host.bug(error);
    }
    this.#isRunning = false;
    this.#host.wake();
  }

  #next(): { readonly to: string; readonly entries: Entry[] } | null {
    for (const [to, entries] of this.#waiting) {
      if (this.#isStopped) release(entries.splice(0));
      if (entries.length === 0) this.#waiting.delete(to);
      else return { to, entries: entries.splice(0, mostAtOnce) };
    }
    return null;
  }

  async #give(to: string, entries: readonly Entry[]): Promise<void> {
    const host = this.#host;
    const events = entries.map(({ record: { seq, route } }) => ({ seq, route }));
    const given = await this.#divert(to, events);
    if (given === 'stopped') return release(entries);
    if (given !== 'gone') {
      for (const entry of entries) host.ended(entry, diverted);
      if (given > 0) host.gave(to, given);
      return;
    }
    await wait(goneRetryMs);
    release(entries);
    for (const entry of entries) host.offer(entry);
  }

  /** Again and again while the store cannot write. */
  async #divert(to: string, events: readonly { readonly seq: number; readonly route: number }[]): Promise<number | 'gone' | 'stopped'> {
    const { log, destination, epoch, now } = this.#host;
    while (!this.#isStopped) {
      try {
        return await log.diverting.divert({ origin: destination, epoch: epoch(), to, events, dueAt: Math.floor(now()) });
      } catch (error) {
        if (!(error instanceof AppFailure)) throw error;
        await wait(storeRetryMs);
      }
    }
    return 'stopped';
  }

  /** Begins no other gift; resolves when the one under way has its answer. What was not given stays with this destination. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    while (this.#isRunning) await wait(1);
  }
}
