/** The changes of all documents in the order they were written. */
import type { Document, DocumentKind } from '#contract/documents/document.ts';
import type { ControlRows, RevisionRow } from './rows.ts';

/** All parts that are given must fit. */
export interface ChangeFilter {
  readonly kinds?: readonly DocumentKind[] | undefined;
  readonly id?: string | undefined;
  readonly by?: string | undefined;
  /** Made at or after, and before, epoch ms. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

/** One revision and the one that it replaced. */
export interface StoredChange {
  /** Grows with each revision written. */
  readonly position: number;
  readonly document: Document;
  /** null: the first revision. */
  readonly before: Document | null;
  /** What wrote it: an operation, or an event of the gateway. */
  readonly action: string;
}

export interface ChangePage {
  readonly changes: readonly StoredChange[];
  /** Where the next page goes on; null: nothing older fits. */
  readonly next: number | null;
}

export interface ChangeStore {
  /** One revision, deletions included. Throws AppFailure DATA_CORRUPT. */
  revision(kind: DocumentKind, id: string, revision: number): Document | null;
  /**
   * Newest first, those before a position. Looks at 5,000 revisions at most, so a page may be short, or empty, and
   * still have a next one. Throws AppFailure DATA_CORRUPT.
   */
  changes(filter: ChangeFilter, before: number | null, limit: number): ChangePage;
}

const chunkSize = 500;
const mostLookedAt = 5000;

export function createChangeList(rows: ControlRows, read: (row: RevisionRow) => Document): ChangeStore {
  const revision = (kind: string, id: string, number: number) => rows.revision(kind, id, number);

  function changeAt(position: number, row: RevisionRow): StoredChange {
    const former = row.revision === 1 ? null : revision(row.kind, row.id, row.revision - 1);
    const action = rows.audit(row.auditSeq + 1, 1)[0]?.action ?? '';
    return { position, document: read(row), before: former === null ? null : read(former), action };
  }

  return {
    revision(kind, id, number) {
      const row = revision(kind, id, number);
      return row === null ? null : read(row);
    },
    changes(filter, before, limit) {
      const changes: StoredChange[] = [];
      let next = before;
      const [kind, another] = filter.kinds ?? [];
      const one = kind !== undefined && another === undefined && filter.id !== undefined ? { kind, id: filter.id } : undefined;
      for (let lookedAt = 0; lookedAt < mostLookedAt; lookedAt += chunkSize) {
        const chunk = rows.newest(next, chunkSize, one);
        for (const stub of chunk) {
          next = stub.position;
          const row = fits(stub, filter) ? revision(stub.kind, stub.id, stub.revision) : null;
          if (row === null) continue;
          changes.push(changeAt(stub.position, row));
          if (changes.length === limit) return { changes, next };
        }
        if (chunk.length < chunkSize) return { changes, next: null };
      }
      return { changes, next };
    },
  };
}

function fits(row: Omit<RevisionRow, 'value'>, { kinds, id, by, fromMs, toMs }: ChangeFilter): boolean {
  if (kinds !== undefined && !kinds.some((kind) => kind === row.kind)) return false;
  if ((id !== undefined && row.id !== id) || (by !== undefined && row.by !== by)) return false;
  return (fromMs === undefined || row.at >= fromMs) && (toMs === undefined || row.at < toMs);
}
