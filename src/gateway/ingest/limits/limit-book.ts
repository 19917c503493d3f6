/** Limits as a node runs them: accounts, senders of bad requests, surges, alarms, and the file that remembers. */
import type { IngestSettings } from '#contract/documents/limits.ts';
import type { AppError } from '#contract/errors.ts';
import type { ThrottleReading } from '#contract/telemetry/ingest.ts';
import { type AccountBook, createAccountBook, type SourceDocument } from './account-book.ts';
import type { Clocks, KeyAccount, SourceAccount } from './accounts.ts';
import { type Alarms, createAlarms, type TellAlarm } from './alarms.ts';
import { type BadSenders, createBadSenders, networkOf, type TurnedAway } from './bad-senders.ts';
import { turnedAwayError } from './limit-error.ts';
import { createSurges } from './surges.ts';
import { openUsageFile, type UsageFile } from './usage-file.ts';

export interface LimitBookOptions {
  readonly clocks: Clocks;
  /** Where counts survive a restart; null: nowhere. */
  readonly file: string | null;
  settings(): IngestSettings;
  sources(): readonly SourceDocument[];
  /** For the audit. Called rarely, and never while a request is served. */
  readonly tell: TellAlarm;
}

/** What ingest asks. `key`: null where the request's header names no known one. */
export interface IngestLimits {
  /** Whether a request with a known key must be asked about. */
  readonly isGuarding: boolean;
  /** Why a request is not even looked at, or null. */
  turnedAway(address: string, key: KeyAccount | null): AppError | null;
  /** Takes note of a request that gave no event. */
  bad(address: string, key: KeyAccount | null): void;
}

export class LimitBook implements IngestLimits {
  readonly accounts: AccountBook;
  readonly #options: LimitBookOptions;
  readonly #file: UsageFile;
  readonly #senders: BadSenders;
  readonly #surges = createSurges();
  readonly #alarms: Alarms;
  /** Events of each source up to the last second. */
  #seen = new Map<string, number>();
  #keyless = 0;

  constructor(options: LimitBookOptions) {
    this.#options = options;
    this.#file = openUsageFile(options.file);
    this.accounts = createAccountBook(options.clocks, this.#file.former);
    this.#senders = createBadSenders(options.settings().abuse);
    this.#alarms = createAlarms(options.tell);
    this.refresh();
  }

  /** Takes documents and settings anew. */
  refresh(): void {
    const settings = this.#options.settings();
    this.accounts.follow(this.#options.sources(), settings);
    this.#senders.setAbuse(settings.abuse);
  }

  /** Requests whose header named no known key. */
  get keyless(): number {
    return this.#keyless;
  }

  get isGuarding(): boolean {
    return this.#senders.isAny;
  }

  turnedAway(address: string, key: KeyAccount | null): AppError | null {
    if (key === null) this.#keyless++;
    if (!this.#senders.isAny) return null;
    const at = this.#options.clocks.now();
    const waitMs = this.#senders.waitMs(address, key?.source.id ?? null, at);
    if (waitMs === 0) return null;
    key?.source.throttled('badRequests', 'an address sends requests with its key that cannot be read', at + waitMs, at);
    return turnedAwayError(waitMs);
  }

  bad(address: string, key: KeyAccount | null): void {
    if (key) key.bad++;
    const id = key?.source.id ?? null;
    const requests = id === null ? this.#keyless : this.accounts.keysOf(id).reduce((sum, each) => sum + each.requests, 0);
    const at = this.#options.clocks.now();
    const turned = this.#senders.bad(address, id, requests, at);
    if (turned === null) return;
    const why = `${networkOf(address)} is turned away for ${Math.round((turned.until - at) / 1000)} s: its requests cannot be read`;
    this.#alarms.raise('source.throttled', id ?? '', 'badRequests', why);
  }

  /** Called once a second. */
  everySecond(): void {
    const { clocks } = this.#options;
    const [now, at] = [clocks.monotonic(), clocks.now()];
    const before = this.#seen;
    this.#seen = new Map();
    for (const source of this.accounts.sources.values()) {
      const events = this.accounts.keysOf(source.id).reduce((sum, key) => sum + key.events, 0);
      source.usual.second(Math.max(0, events - (before.get(source.id) ?? 0)), now);
      this.#seen.set(source.id, events);
      this.#watch(source, now, at);
    }
    this.#alarms.send(at);
    this.#file.write(this.accounts.usage());
  }

  #watch(source: SourceAccount, now: number, at: number): void {
    const { abuse } = this.#options.settings();
    const surge = this.#surges.look(source, abuse, now);
    if (surge !== null) this.#alarms.raise(abuse.surge === 'throttle' ? 'source.throttled' : 'source.surged', source.id, 'surge', surge);
    const throttle = source.throttle(at);
    if (throttle?.reason === 'rate' || throttle?.reason === 'quota')
      this.#alarms.raise('source.throttled', source.id, throttle.reason, throttle.why);
  }

  throttle(source: string): ThrottleReading | null {
    return this.accounts.sources.get(source)?.throttle(this.#options.clocks.now()) ?? null;
  }

  senders(): readonly TurnedAway[] {
    return this.#senders.list(this.#options.clocks.now());
  }

  async close(): Promise<void> {
    this.#file.write(this.accounts.usage());
    await this.#file.close();
  }
}
