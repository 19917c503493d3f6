/** Erasures as documents: read, and moved on one revision at a time. */
import type { Erasure, VendorErasure } from '#contract/documents/erasure.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';

export interface ErasureEntry {
  readonly id: string;
  readonly revision: number;
  readonly value: Erasure;
}

export interface ErasureDocuments {
  all(): readonly ErasureEntry[];
  get(id: string): ErasureEntry | null;
  /** Writes a change on top of what the document says now, unless it changes nothing. False where it could not be written. */
  change(id: string, make: (value: Erasure) => Erasure): boolean;
  changeVendor(id: string, destination: string, make: (entry: VendorErasure) => VendorErasure): boolean;
}

export function createErasureDocuments(store: DocumentStore): ErasureDocuments {
  function get(id: string): ErasureEntry | null {
    const document = store.get('erasure', id);
    return document === null || document.value === null ? null : { id, revision: document.revision, value: document.value };
  }
  function change(id: string, make: (value: Erasure) => Erasure): boolean {
    const before = get(id);
    if (before === null) return false;
    const value = make(before.value);
    if (JSON.stringify(value) === JSON.stringify(before.value)) return true;
    const attribution = { by: 'system', action: 'erasure.progress', target: `erasure/${id}`, reason: progressOf(value), commandId: null };
    return store.commit([{ kind: 'erasure', id, value, expectedRevision: before.revision }], attribution).ok;
  }
  return {
    all: () => store.list('erasure').flatMap(({ id }) => get(id) ?? []),
    get,
    change,
    changeVendor: (id, destination, make) =>
      change(id, (value) => ({
        ...value,
        destinations: value.destinations.map((entry) => (entry.destination === destination ? make(entry) : entry)),
      })),
  };
}

/** For the audit: how far it is. */
function progressOf({ state, local, destinations }: Erasure): string {
  const vendors = destinations.map((entry) => `${entry.destination} ${entry.state}`).join(', ');
  return `${state}; here ${local.state}; ${vendors}`.slice(0, 500);
}
