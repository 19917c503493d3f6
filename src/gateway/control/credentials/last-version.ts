import type { Credential } from '#contract/documents/credential.ts';
import type { DocumentStore } from '../document-store.ts';
import { isKind } from '../store/heads.ts';

/** The newest version a destination's credential ever had, removed or not; null: never had one. */
export function lastCredential(store: DocumentStore, destination: string): Credential | null {
  const head = store.get('credential', destination);
  if (head === null || head.value !== null) return head?.value ?? null;
  // The revision before a removal is the one that was removed.
  const before = store.history('credential', destination, 2)[1];
  return before !== undefined && isKind(before, 'credential') ? before.value : null;
}
