/** What sources send, what they may, and what holds them back, for `source.read`. */
import type { Source } from '#contract/documents/source.ts';
import type { OutputOf } from '#contract/operation.ts';
import type { SourceReading, sourceRead } from '#contract/operations/sources.ts';
import type { Lateness } from '#contract/telemetry/ingest.ts';
import type { Clocks, KeyAccount, SourceAccount } from './accounts.ts';
import { networkOf } from './bad-senders.ts';
import type { LimitBook } from './limit-book.ts';

export interface ReadSourcesOptions {
  readonly book: LimitBook;
  readonly clocks: Clocks;
  /** Plans that are defined. */
  plans(): ReadonlySet<string>;
  source(id: string): Source | null;
  lateness(source: string): Lateness;
}

function keyReading(key: KeyAccount, now: number, at: number): SourceReading['keys'][number] {
  const { label, standing, requests, events, throttled, bad, bytes, lastUsedAt } = key;
  return { key: label, ...standing.reading(now, at), requests, events, throttled, bad, bytes, lastUsedAt: lastUsedAt || null };
}

/** @param only one source; all where absent */
export function readSources({ book, clocks, plans, source, lateness }: ReadSourcesOptions, only?: string): OutputOf<typeof sourceRead> {
  const [now, at] = [clocks.monotonic(), clocks.now()];
  const known = plans();
  const reading = (account: SourceAccount): SourceReading => {
    const { id, standing, usual, hours } = account;
    const plan = source(id)?.plan ?? null;
    return {
      source: id,
      plan,
      isPlanUnknown: plan !== null && known.size > 0 && !known.has(plan),
      ...standing.reading(now, at),
      ratePerSecond: usual.now,
      usualPerSecond: usual.usual,
      throttle: account.throttle(at),
      keys: book.accounts.keysOf(id).map((key) => keyReading(key, now, at)),
      lateness: lateness(id),
      ...hours.reading(),
    };
  };
  const accounts = [...book.accounts.sources.values()].filter(({ id }) => only === undefined || id === only);
  const turnedAway = book.senders().map(({ address, source: of, until }) => ({ network: networkOf(address), source: of, until }));
  return { sources: accounts.map(reading), unattributed: book.keyless, turnedAway };
}
