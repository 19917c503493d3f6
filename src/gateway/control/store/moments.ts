/** States that documents were in. All revisions are kept with their audit entry, so a moment is the seq of an entry. */
import type { Document, DocumentKind } from '#contract/documents/document.ts';
import type { ControlRows, RevisionRow } from './rows.ts';

/** A document that is not the same at two moments. */
export interface ChangedBetween {
  /** As it was at the first; null: it had never existed. */
  readonly before: Document | null;
  /** As it was at the second. Deletions have `value: null`, here and before. */
  readonly after: Document;
}

export interface MomentStore {
  /** Seq of the newest audit entry; 0 where there is none. */
  headSeq(): number;
  /** Seq of the last entry that was written by then; 0 where there is none. */
  seqAt(at: number): number;
  /** By kind and id: documents that are not at the one moment what they were at the other. Throws AppFailure DATA_CORRUPT. */
  changedBetween(afterSeq: number, throughSeq: number, kinds: ReadonlySet<DocumentKind>): readonly ChangedBetween[];
  /** How many of these are not now what they were then. Compares texts, parses nothing. */
  countChanged(sinceSeq: number, kinds: ReadonlySet<DocumentKind>): number;
}

export function createMoments(rows: ControlRows, headSeq: () => number, read: (row: RevisionRow) => Document): MomentStore {
  /** Pairs of rows whose values differ. */
  const changed = (afterSeq: number, throughSeq: number, kinds: ReadonlySet<string>) =>
    rows
      .lastWritten(afterSeq, throughSeq)
      .filter(({ kind }) => kinds.has(kind))
      .map((after) => ({ before: rows.asOf(after.kind, after.id, afterSeq), after }))
      .filter(({ before, after }) => (before?.value ?? null) !== after.value);
  return {
    headSeq,
    seqAt: (at) => rows.auditSeqAt(at),
    changedBetween: (afterSeq, throughSeq, kinds) =>
      changed(afterSeq, throughSeq, kinds).map(({ before, after }) => ({
        before: before === null ? null : read(before),
        after: read(after),
      })),
    countChanged: (sinceSeq, kinds) => changed(sinceSeq, headSeq(), kinds).length,
  };
}
