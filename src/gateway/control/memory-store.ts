import { randomBytes } from 'node:crypto';
import { appError } from '#contract/errors.ts';
import { err, ok } from '#contract/result.ts';
import type { DocumentStore, Incarnation } from './document-store.ts';
import type { AuditRow, ControlRows, RevisionRow } from './store/rows.ts';
import { createStore } from './store/store.ts';

/** A document store that forgets everything when the process ends: tests and dry runs. */
export function createMemoryStore(now: () => number): DocumentStore {
  const store = createStore(createMemoryRows(), now);
  // Nothing was stored yet, so nothing can be corrupt.
  if (!store.ok) throw new Error(store.error.message);
  return store.value;
}

function createMemoryRows(): ControlRows {
  const revisions: RevisionRow[] = [];
  const audit: AuditRow[] = [];
  const incarnations: Incarnation[] = [{ id: randomBytes(6).toString('hex'), at: 0, head: 0, auditSeq: 0, backup: null }];
  let isClosed = false;
  const of = (kind: string, id: string) => revisions.filter((row) => row.kind === kind && row.id === id).reverse();
  const name = (row: RevisionRow) => `${row.kind}/${row.id}`;
  return {
    heads: () => [...new Map(revisions.map((row) => [name(row), row])).values()],
    history: (kind, id, limit) => of(kind, id).slice(0, limit),
    revision: (kind, id, revision) => of(kind, id).find((row) => row.revision === revision) ?? null,
    newest: (before, limit, only) =>
      revisions
        .slice(0, before === null ? undefined : before - 1)
        .map(({ value: _value, ...row }, index) => ({ ...row, position: index + 1 }))
        .filter((row) => only === undefined || (row.kind === only.kind && row.id === only.id))
        .slice(-limit)
        .reverse(),
    writtenWith: (auditSeq) => revisions.filter((row) => row.auditSeq === auditSeq),
    lastWritten: (afterSeq, throughSeq) => {
      const written = revisions.filter((row) => row.auditSeq > afterSeq && row.auditSeq <= throughSeq);
      const last = [...new Map(written.map((row) => [name(row), row])).values()];
      return last.sort((a, b) => (a.kind === b.kind ? (a.id < b.id ? -1 : 1) : a.kind < b.kind ? -1 : 1));
    },
    asOf: (kind, id, auditSeq) => of(kind, id).find((row) => row.auditSeq <= auditSeq) ?? null,
    auditSeqAt: (at) => audit.findLast((entry) => entry.at <= at)?.seq ?? 0,
    revisionCount: () => revisions.length,
    audit: (beforeSeq, limit) =>
      audit
        .filter((row) => beforeSeq === null || row.seq < beforeSeq)
        .slice(-limit)
        .reverse(),
    auditOf: (commandId) => audit.find((row) => row.commandId === commandId) ?? null,
    incarnations: () => [...incarnations],
    addIncarnation: (incarnation) => void incarnations.push(incarnation),
    write(set) {
      if (isClosed) return err(appError('CONTROL_STORE_FAILED', { why: 'closed' }));
      for (const wiped of set.wiped) {
        const index = revisions.findIndex((row) => row.kind === wiped.kind && row.id === wiped.id && row.revision === wiped.revision);
        revisions[index] = wiped;
      }
      revisions.push(...set.revisions);
      audit.push(set.audit);
      return ok(undefined);
    },
    close() {
      isClosed = true;
    },
  };
}
