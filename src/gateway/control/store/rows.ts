/**
 * What a driver of the document store keeps: rows of text, written atomically. Revisions,
 * chain hashes, parsing and watching are in `store.ts`, once for every driver.
 */
import type { Result } from '#contract/result.ts';
import type { Incarnation } from '../document-store.ts';

/** One revision of a document. `value` is canonical JSON; null: deleted. */
export interface RevisionRow {
  readonly kind: string;
  readonly id: string;
  readonly revision: number;
  readonly value: string | null;
  /** Epoch ms. */
  readonly at: number;
  readonly by: string;
  readonly reason: string;
  /** The audit entry it was written with. */
  readonly auditSeq: number;
}

/** One audit entry. `changes` is canonical JSON. */
export interface AuditRow {
  readonly seq: number;
  readonly at: number;
  readonly by: string;
  readonly action: string;
  readonly target: string;
  readonly outcome: string;
  readonly reason: string;
  readonly commandId: string | null;
  readonly changes: string;
  readonly hash: string;
}

export interface WriteSet {
  readonly revisions: readonly RevisionRow[];
  readonly audit: AuditRow;
  /** Earlier revisions whose value is replaced: the sealed text of a superseded credential is wiped. */
  readonly wiped: readonly RevisionRow[];
}

export interface ControlRows {
  /** The newest revision of every document, deleted ones too. */
  heads(): readonly RevisionRow[];
  /** Newest first. */
  history(kind: string, id: string, limit: number): readonly RevisionRow[];
  /** Revisions written with an audit entry, in the order of the commit. */
  writtenWith(auditSeq: number): readonly RevisionRow[];
  revisionCount(): number;
  /** Newest first. */
  audit(beforeSeq: number | null, limit: number): readonly AuditRow[];
  auditOf(commandId: string): AuditRow | null;
  /** Oldest first; one at least. */
  incarnations(): readonly Incarnation[];
  addIncarnation(incarnation: Incarnation): void;
  /** All, or nothing: CONTROL_STORE_FAILED. */
  write(set: WriteSet): Result<void>;
  close(): void;
}
