/** The accounts of all sources and their keys, kept in line with documents and settings, and what is remembered of them. */
import type { IngestSettings, Limits } from '#contract/documents/limits.ts';
import type { Source } from '#contract/documents/source.ts';
import { type Clocks, KeyAccount, SourceAccount } from './accounts.ts';
import { DayCount, dayOf } from './quota.ts';
import { Standing } from './standing.ts';
import type { Usage } from './usage-file.ts';
import { UsualRate } from './usual-rate.ts';

/** Label of a source's first write key. */
export const mainKey = 'main';

export interface SourceDocument {
  readonly id: string;
  readonly value: Source | null;
}

export interface AccountBook {
  readonly sources: ReadonlyMap<string, SourceAccount>;
  /** The account of a source's key; null where there is no such key. */
  account(source: string, label: string): KeyAccount | null;
  keysOf(source: string): readonly KeyAccount[];
  /** Accounts of sources and keys that are gone go; what the others have used stays. */
  follow(documents: readonly SourceDocument[], settings: IngestSettings): void;
  usage(): Usage;
}

const plus = (plan: Limits | undefined, ...own: readonly (Limits | undefined)[]): Limits => Object.assign({}, plan, ...own);

/** Limits in force of a source as a whole, and of its keys by label: its own, and what its plan says besides. */
export function limitsOf(source: Source, { plans }: Pick<IngestSettings, 'plans'>) {
  const plan = source.plan === undefined ? undefined : plans[source.plan];
  const ofKeys = plus(plan?.keyLimits, source.keyLimits);
  const keys = new Map([[mainKey, ofKeys], ...(source.moreKeys ?? []).map(({ label, limits }) => [label, plus(ofKeys, limits)] as const)]);
  return { whole: plus(plan?.limits, source.limits), keys };
}

/** @param former what was remembered at the end of the last run */
export function createAccountBook(clocks: Clocks, former: Usage): AccountBook {
  const sources = new Map<string, SourceAccount>();
  const keys = new Map<string, Map<string, KeyAccount>>();

  function dayCount(name: string): DayCount {
    const today = dayOf(clocks.now());
    return new DayCount(Math.max(today, former.day), former.day >= today ? (former.used[name] ?? 0) : 0);
  }
  const keysOf = (source: string): readonly KeyAccount[] => [...(keys.get(source)?.values() ?? [])];

  function followOne(id: string, value: Source, settings: IngestSettings): void {
    const { whole, keys: byLabel } = limitsOf(value, settings);
    const source = sources.get(id) ?? new SourceAccount(id, new Standing('source', dayCount(id)), new UsualRate(former.usual[id]));
    sources.set(id, source);
    source.standing.setLimits(whole, clocks.monotonic());
    const own = keys.get(id) ?? new Map<string, KeyAccount>();
    keys.set(id, own);
    for (const label of [...own.keys()]) if (!byLabel.has(label)) own.delete(label);
    for (const [label, limits] of byLabel) {
      const key = own.get(label) ?? new KeyAccount(source, label, new Standing('key', dayCount(`${id}/${label}`)), clocks);
      own.set(label, key);
      key.standing.setLimits(limits, clocks.monotonic());
    }
  }

  return {
    sources,
    account: (source, label) => keys.get(source)?.get(label) ?? null,
    keysOf,
    follow(documents, settings) {
      const living = new Map(documents.flatMap(({ id, value }) => (value === null ? [] : [[id, value] as const])));
      for (const id of [...sources.keys()]) {
        if (living.has(id)) continue;
        sources.delete(id);
        keys.delete(id);
      }
      for (const [id, value] of living) followOne(id, value, settings);
    },
    usage() {
      const at = clocks.now();
      const days = [...sources.values()].flatMap((source) => [
        [source.id, source.standing.day] as const,
        ...keysOf(source.id).map((key) => [`${source.id}/${key.label}`, key.standing.day] as const),
      ]);
      const used = Object.fromEntries(days.map(([name, day]) => [name, day.used(at)] as const).filter(([, count]) => count > 0));
      const usual = Object.fromEntries([...sources.values()].map((source) => [source.id, source.usual.note]));
      return { version: 1, day: days.reduce((latest, [, { day }]) => Math.max(latest, day), dayOf(at)), used, usual };
    },
  };
}
