import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AuditVerdict } from '../document-store.ts';
import { entryHash, fromAuditRow, genesisHash, revisionDigest } from './audit-chain.ts';
import type { AuditRow, ControlRows, RevisionRow } from './rows.ts';

/** Entries checked in one turn of the loop: a few milliseconds, so that a long trail holds up nothing else. */
const pageSize = 100;

/**
 * Walks the audit from its first entry to the head at the call: sequence without gaps, each
 * hash over the one before, every revision present with the digest its entry names, no
 * revision that no entry names, and an end where this process last wrote.
 */
export async function verifyRows(rows: ControlRows, head: { readonly seq: number; readonly hash: string }): Promise<AuditVerdict> {
  let previous = genesisHash;
  let revisions = 0;
  const broken = (seq: number): AuditVerdict => ({ intact: false, entries: head.seq, brokenAt: seq, head: head.hash });
  for (let from = 0; from < head.seq; from += pageSize) {
    const upTo = Math.min(from + pageSize, head.seq);
    // A whole page at once: a statement left open across turns would hold back the WAL.
    const page = new Map(rows.audit(upTo + 1, pageSize).map((row) => [row.seq, row]));
    for (let seq = from + 1; seq <= upTo; seq++) {
      const row = page.get(seq);
      const written = row === undefined ? [] : rows.writtenWith(seq);
      if (row === undefined || !fits(row, written, previous)) return broken(seq);
      previous = row.hash;
      revisions += written.length;
    }
    await nextTurn();
  }
  if (previous !== head.hash) return broken(head.seq);
  // Revisions that belong to no entry would have been slipped in beside the chain.
  if (revisions + writtenSince(rows, head.seq) !== rows.revisionCount()) return broken(head.seq);
  return { intact: true, entries: head.seq, brokenAt: null, head: previous };
}

/** Revisions of entries that were appended while the walk went on. */
function writtenSince(rows: ControlRows, seq: number): number {
  const newest = rows.audit(null, 1)[0]?.seq ?? 0;
  let count = 0;
  for (let later = seq + 1; later <= newest; later++) count += rows.writtenWith(later).length;
  return count;
}

function fits(row: AuditRow, written: readonly RevisionRow[], previous: string): boolean {
  try {
    const { hash, ...entry } = fromAuditRow(row);
    if (entryHash(previous, entry) !== hash) return false;
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

type Name = Pick<RevisionRow, 'kind' | 'id' | 'revision'>;

function isNamed(row: Name, change: Name): boolean {
  return row.kind === change.kind && row.id === change.id && row.revision === change.revision;
}
