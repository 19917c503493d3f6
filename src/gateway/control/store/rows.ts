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

/** A revision without its value. `position` grows with each revision written. */
export interface RevisionStub extends Omit<RevisionRow, 'value'> {
  readonly position: number;
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
  revision(kind: string, id: string, revision: number): RevisionRow | null;
  /** Revisions before a position (null: all) of all documents, or of one; newest first, without their values. */
  newest(before: number | null, limit: number, of?: { readonly kind: string; readonly id: string }): readonly RevisionStub[];
  /** Of every document with a revision in (afterSeq, throughSeq]: the newest of these, by kind and id. */
  lastWritten(afterSeq: number, throughSeq: number): readonly RevisionRow[];
  /** The newest revision that was written with this audit entry or before. */
  asOf(kind: string, id: string, auditSeq: number): RevisionRow | null;
  /** The last entry with a time of `at` or before; 0 where there is none. */
  auditSeqAt(at: number): number;
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
