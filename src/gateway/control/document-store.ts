import type { Document, DocumentKind, DocumentValue } from '#contract/documents/document.ts';
import type { AuditEntry } from '#contract/operations/system.ts';
import type { Result } from '#contract/result.ts';

/** A change to write: `value: null` deletes. */
export interface Change {
  readonly kind: DocumentKind;
  readonly id: string;
  readonly value: DocumentValue | null;
  /** 0: must not exist yet. Absent: whatever is there. */
  readonly expectedRevision?: number | undefined;
}

/** Who did what and why, for revisions and audit. */
export interface Attribution {
  readonly by: string;
  readonly action: string;
  readonly target: string;
  readonly reason: string;
  readonly commandId: string | null;
  /** Epoch ms. */
  readonly at: number;
}

/**
 * Documents with all their revisions, and the hash-chained audit, written in one transaction.
 * The only writer computes revisions and chain hashes.
 */
export interface DocumentStore {
  get<K extends DocumentKind>(kind: K, id: string): Document<K> | null;
  list<K extends DocumentKind>(kind: K): readonly Document<K>[];
  history(kind: DocumentKind, id: string, limit: number): readonly Document[];
  /** All changes and one audit entry, or nothing. DOCUMENT_CONFLICT, CONTROL_STORE_FAILED. A known commandId answers its first outcome. */
  commit(changes: readonly Change[], attribution: Attribution): Result<readonly Document[]>;
  /** An audit entry without a change: denials, sign-ins, starts. */
  note(attribution: Attribution, outcome: string): Result<AuditEntry>;
  audit(beforeSeq: number | null, limit: number): readonly AuditEntry[];
  verifyAudit(): { readonly intact: boolean; readonly entries: number; readonly brokenAt: number | null; readonly head: string };
  outcome(commandId: string): AuditEntry | null;
  /** After each commit, in order. Returns the unsubscriber. */
  watch(listener: (documents: readonly Document[], entry: AuditEntry) => void): () => void;
  close(): void;
}
