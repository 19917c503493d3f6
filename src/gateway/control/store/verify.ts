import type { DocumentStore } from '../document-store.ts';
import { entryHash, fromAuditRow, genesisHash, revisionDigest } from './audit-chain.ts';
import type { AuditRow, ControlRows } from './rows.ts';

const pageSize = 500;

type Verdict = ReturnType<DocumentStore['verifyAudit']>;

/**
 * Walks the audit from its first entry: sequence without gaps, each hash over the one before,
 * every revision present with the digest its entry names, no revision that no entry names,
 * and an end where this process last wrote.
 */
export function verifyRows(rows: ControlRows, head: { readonly seq: number; readonly hash: string }): Verdict {
  let previous = genesisHash;
  let seq = 0;
  let revisions = 0;
  const broken = (at: number): Verdict => ({ intact: false, entries: head.seq, brokenAt: at, head: head.hash });
  for (const row of oldestFirst(rows, head.seq)) {
    if (row.seq !== seq + 1 || !fits(rows, row, previous)) return broken(seq + 1);
    seq = row.seq;
    previous = row.hash;
    revisions += rows.writtenWith(seq).length;
  }
  if (seq !== head.seq || previous !== head.hash) return broken(seq + 1);
  // Revisions that belong to no entry would have been slipped in beside the chain.
  return revisions === rows.revisionCount() ? { intact: true, entries: seq, brokenAt: null, head: previous } : broken(seq);
}

function fits(rows: ControlRows, row: AuditRow, previous: string): boolean {
  try {
    const { hash, ...entry } = fromAuditRow(row);
    if (entryHash(previous, entry) !== hash) return false;
    const written = rows.writtenWith(row.seq);
    const named = entry.changes ?? [];
    return (
      written.length === named.length &&
      named.every((change) => written.some((revision) => isNamed(revision, change) && revisionDigest(revision) === change.digest))
    );
  } catch {
    // Text that no longer parses is as broken as a wrong hash.
    return false;
  }
}

function isNamed(
  row: { readonly kind: string; readonly id: string; readonly revision: number },
  change: { readonly kind: string; readonly id: string; readonly revision: number },
): boolean {
  return row.kind === change.kind && row.id === change.id && row.revision === change.revision;
}

/** In pages: a statement left open across the walk would hold back the WAL. */
function* oldestFirst(rows: ControlRows, lastSeq: number): Generator<AuditRow> {
  for (let from = 0; from <= lastSeq; from += pageSize) {
    const page = rows.audit(from + pageSize + 1, pageSize).filter((row) => row.seq > from);
    yield* page.reverse();
  }
}
