/**
 * Carries erasures out, from their documents: first everything that the gateway holds, then the vendors, each tracked until
 * it is settled. All that matters is in documents and in `people.db`, so an erasure goes on after a restart where it was.
 */
import type { Result } from '#contract/result.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import type { People } from '#gateway/people/people.ts';
import { createErasureDocuments, type ErasureDocuments, type ErasureEntry } from './erasure-documents.ts';
import { type LocalDone, wordsOf } from './local.ts';
import { createLoop } from './loop.ts';
import type { VendorAsk } from './vendor-ask.ts';
import { askVendors, isUnended, liftSuppression, openEntries } from './vendor-loop.ts';

export interface ErasuresDeps {
  readonly store: DocumentStore;
  readonly people: Pick<People, 'erasures' | 'lift' | 'durable'>;
  readonly vendors: VendorAsk;
  /** Takes people out of what the gateway holds, by their hashes. */
  local(hashes: readonly string[]): Promise<Result<LocalDone>>;
  /** Epoch ms. */
  now(): number;
  /** Calls back later; returns what cancels it. */
  schedule(callback: () => void, delayMs: number): () => void;
  bug(error: unknown): void;
}

export interface Erasures {
  readonly documents: ErasureDocuments;
  /** Looks for work now: at a start, and after a command. */
  wake(): void;
  /** Resolves when nothing is left to do at this moment. */
  idle(): Promise<void>;
  /** Aborts what is asked of vendors; the rest ends first. */
  close(): Promise<void>;
}

const retryMs = 5000;

export function createErasures(deps: ErasuresDeps): Erasures {
  const { people, vendors, now, schedule, bug } = deps;
  const documents = createErasureDocuments(deps.store);
  const closing = new AbortController();
  const openHere = () => documents.all().filter(({ value }) => value.local.state === 'requested');

  async function eraseHere(entry: ErasureEntry): Promise<void> {
    const done = await deps.local(entry.value.people);
    if (!done.ok) {
      documents.change(entry.id, (value) => ({ ...value, local: { ...value.local, detail: wordsOf(done.error) } }));
      return;
    }
    const { untilMs, places } = done.value;
    documents.change(entry.id, (value) => ({ ...value, local: { state: 'done', at: untilMs, detail: '', places: [...places] } }));
    if (!entry.value.alsoSuppress) await liftSuppression(people, entry);
    vendorLoop.wake();
  }

  const localLoop = createLoop({
    async work() {
      for (const entry of openHere()) if (!closing.signal.aborted) await eraseHere(entry);
    },
    nextAt: () => (openHere().length === 0 ? null : now() + retryMs),
    now,
    schedule,
    bug,
  });
  const vendorLoop = createLoop({
    work: () => askVendors({ documents, people, vendors, now }, closing.signal),
    nextAt: () =>
      openEntries(documents)
        .flatMap((entry) => (isUnended(entry) ? [now() + retryMs] : entry.value.destinations.flatMap(({ nextAt }) => nextAt ?? [])))
        .reduce<number | null>((least, at) => (least === null || at < least ? at : least), null),
    now,
    schedule,
    bug,
  });

  return {
    documents,
    wake() {
      localLoop.wake();
      vendorLoop.wake();
    },
    async idle() {
      await localLoop.idle();
      await vendorLoop.idle();
    },
    async close() {
      closing.abort();
      await Promise.all([localLoop.close(), vendorLoop.close()]);
    },
  };
}
