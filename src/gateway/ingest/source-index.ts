import type { Source } from '#contract/documents/source.ts';
import { mainKey } from './limits/account-book.ts';
import type { KeyAccount } from './limits/accounts.ts';
import { type CompiledMapping, compileMapping } from './mapping.ts';
import type { Treatment } from './treatment.ts';

/** A source as ingest needs it. */
export interface IngestSource {
  readonly id: string;
  readonly enabled: boolean;
  /** Where a plain JSON body keeps the parts of an event; `/v1/json` only. */
  readonly mapping: CompiledMapping;
  /** Plan, redaction, consent; null where none applies. */
  readonly treatment: Treatment | null;
  /** Counts what comes with the key, and says when it is too much; null where nobody counts. */
  readonly account: KeyAccount | null;
}

/** Sources by write key; one with several keys is there for each. A new one is made when a source document changes. */
export type SourceIndex = ReadonlyMap<string, IngestSource>;

/** Indexes the source documents. Of two that share a write key the first id wins, so that adding one never hijacks another. */
export function indexSources(
  documents: readonly { readonly id: string; readonly value: Source | null }[],
  treatmentOf: (source: string) => Treatment | null = () => null,
  accountOf: (source: string, label: string) => KeyAccount | null = () => null,
): SourceIndex {
  const index = new Map<string, IngestSource>();
  for (const { id, value } of documents.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    if (value === null) continue;
    const common = { id, enabled: value.enabled, mapping: compileMapping(value.mapping), treatment: treatmentOf(id) };
    for (const { label, key } of [{ label: mainKey, key: value.writeKey }, ...(value.moreKeys ?? [])])
      if (!index.has(key)) index.set(key, { ...common, account: accountOf(id, label) });
  }
  return index;
}
