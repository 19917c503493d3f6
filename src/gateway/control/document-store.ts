import type { Document, DocumentKind, DocumentValue } from '#contract/documents/document.ts';
import type { AuditEntry } from '#contract/operations/system.ts';
import type { Result } from '#contract/result.ts';
import type { ChangeStore } from './store/change-list.ts';
import type { MomentStore } from './store/moments.ts';

/** A change to write: `value: null` deletes. */
export interface Change {
  readonly kind: DocumentKind;
  readonly id: string;
  readonly value: DocumentValue | null;
  /** 0: must not exist (any more). Absent: whatever is there. */
  readonly expectedRevision?: number | undefined;
}

/** Who did what and why, for revisions and audit. */
export interface Attribution {
  readonly by: string;
  readonly action: string;
  readonly target: string;
  readonly reason: string;
  readonly commandId: string | null;
  /** Epoch ms. Absent: the store's clock. */
  readonly at?: number | undefined;
}

/** What walking the audit found. */
export interface AuditVerdict {
  readonly intact: boolean;
  readonly entries: number;
  readonly brokenAt: number | null;
  readonly head: string;
}

/** One line of history: it begins with the data folder, or with a restore. */
export interface Incarnation {
  /** 12 hex digits. */
  readonly id: string;
  /** When it began, epoch ms. */
  readonly at: number;
  /** Up to this seq, and this audit entry, it is the history of the one before. */
  readonly head: number;
  readonly auditSeq: number;
  /** Id of the backup it was restored from; null for the first. */
  readonly backup: string | null;
}

/**
 * Documents with all their revisions, and the hash-chained audit, written in one transaction.
 * The only writer computes revisions and chain hashes.
 */
export interface DocumentStore extends MomentStore, ChangeStore {
  /** The newest revision; of a deleted document that is the one with `value: null`. null: never existed. From memory, cheap. */
  get<K extends DocumentKind>(kind: K, id: string): Document<K> | null;
  /** Documents that exist now, by id. From memory, cheap. */
  list<K extends DocumentKind>(kind: K): readonly Document<K>[];
  /** Documents that existed once: their last revision, with `value: null`. */
  deleted<K extends DocumentKind>(kind: K): readonly Document<K>[];
  /** Newest first, deletions included. */
  history(kind: DocumentKind, id: string, limit: number): readonly Document[];
  /**
   * All changes and one audit entry, or nothing. DOCUMENT_CONFLICT, DOCUMENT_NOT_FOUND (deletion of nothing), INPUT_INVALID, CONTROL_STORE_FAILED.
   * A known commandId answers its first outcome and applies nothing; COMMAND_ID_REUSED where action or target differ.
   */
  commit(changes: readonly Change[], attribution: Attribution): Result<readonly Document[]>;
  /** An audit entry without a change: denials (outcome: the error's code), sign-ins, starts. A known commandId answers its first entry; COMMAND_ID_REUSED, CONTROL_STORE_FAILED. */
  note(attribution: Attribution, outcome: string): Result<AuditEntry>;
  /** Newest first. */
  audit(beforeSeq: number | null, limit: number): readonly AuditEntry[];
  /** Walks the whole chain and every revision it names, in steps that hold up nothing else. `brokenAt`: seq of the first entry that does not fit. */
  verifyAudit(): Promise<AuditVerdict>;
  outcome(commandId: string): AuditEntry | null;
  /** Oldest first; the last is the one that the data folder is in. Never empty. */
  lineage(): readonly [Incarnation, ...Incarnation[]];
  /** Begins another. For a restore, before anything else opens the folder. */
  fork(incarnation: Incarnation): void;
  /** After each commit, in order. Returns the unsubscriber. */
  watch(listener: (documents: readonly Document[], entry: AuditEntry) => void): () => void;
  close(): void;
}
