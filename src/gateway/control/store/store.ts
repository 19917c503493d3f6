import type { Document } from '#contract/documents/document.ts';
import { AppFailure, appError, type ErrorCode, errorCodes } from '#contract/errors.ts';
import type { AuditEntry } from '#contract/operations/system.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { Attribution, DocumentStore } from '../document-store.ts';
import { entryHash, fromAuditRow, genesisHash, revisionDigest, toAuditRow } from './audit-chain.ts';
import { createChangeList } from './change-list.ts';
import { createHeads } from './heads.ts';
import { createMoments } from './moments.ts';
import { planChanges } from './plan-changes.ts';
import { fromRevisionRow, toRevisionRow } from './revision.ts';
import type { AuditRow, ControlRows, RevisionRow } from './rows.ts';
import { verifyRows } from './verify.ts';
import { createWatchers } from './watchers.ts';

/** `outcome` of an audit entry whose changes were written. */
const appliedOutcome = 'applied';

/**
 * The one writer over a driver's rows. Current documents are kept in memory, parsed and
 * frozen, so reads never touch the disk; revisions and chain hashes are computed here,
 * between reading the head and writing, with no turn of the loop in between.
 * DATA_CORRUPT where a stored document does not fit its schema.
 */
export function createStore(rows: ControlRows, now: () => number): Result<DocumentStore> {
  const heads = createHeads();
  for (const row of rows.heads()) {
    const document = fromRevisionRow(row);
    if (!document.ok) return document;
    heads.set(document.value);
  }
  const watchers = createWatchers<{ readonly documents: readonly Document[]; readonly entry: AuditEntry }>();
  const newest = rows.audit(null, 1)[0];
  let head = { seq: newest?.seq ?? 0, hash: newest?.hash ?? genesisHash };

  function write(documents: readonly Document[], attribution: Attribution, outcome: string): Result<AuditEntry> {
    const seq = head.seq + 1;
    const revisions = documents.map((document) => toRevisionRow(document, seq));
    const changes = documents.map((document) => ({
      kind: document.kind,
      id: document.id,
      revision: document.revision,
      digest: revisionDigest(toRevisionRow(document, seq)),
    }));
    const { by, action, target, reason, commandId, at = now() } = attribution;
    const entry = { seq, at, by, action, target, outcome, reason, commandId, ...(changes.length > 0 ? { changes } : {}) };
    const hashed: AuditEntry = { ...entry, hash: entryHash(head.hash, entry) };
    const written = rows.write({ revisions, audit: toAuditRow(hashed), wiped: superseded(rows, documents) });
    if (!written.ok) return written;
    head = { seq, hash: hashed.hash };
    for (const document of documents) heads.set(document);
    watchers.tell({ documents, entry: hashed });
    return ok(hashed);
  }

  const store: DocumentStore = {
    ...createChangeList(rows, readDocument),
    ...createMoments(rows, () => head.seq, readDocument),
    get: heads.get,
    list: heads.list,
    deleted: heads.deleted,
    history: (kind, id, limit) => rows.history(kind, id, limit).map(readDocument),
    commit(changes, attribution) {
      const first = firstOutcome(rows, attribution);
      if (first !== null) return first;
      const at = attribution.at ?? now();
      const planned = planChanges(changes, heads.get, { at, by: attribution.by, reason: attribution.reason });
      if (!planned.ok) return planned;
      const entry = write(planned.value, { ...attribution, at }, appliedOutcome);
      return entry.ok ? planned : entry;
    },
    note(attribution, outcome) {
      const known = attribution.commandId === null ? null : rows.auditOf(attribution.commandId);
      if (known === null) return write([], attribution, outcome);
      return isSameCommand(known, attribution) ? ok(fromAuditRow(known)) : reused(known);
    },
    audit: (beforeSeq, limit) => rows.audit(beforeSeq, limit).map(fromAuditRow),
    verifyAudit: () => verifyRows(rows, head),
    outcome(commandId) {
      const row = rows.auditOf(commandId);
      return row === null ? null : fromAuditRow(row);
    },
    lineage() {
      const [first, ...later] = rows.incarnations();
      if (!first) throw new Error('the data folder has no incarnation');
      return [first, ...later];
    },
    fork: (incarnation) => rows.addIncarnation(incarnation),
    watch: (listener) => watchers.add(({ documents, entry }) => listener(documents, entry)),
    close: () => rows.close(),
  };
  return ok(store);
}

/** What an already known command did: the documents it wrote, or the error it was refused with. null: not known. */
function firstOutcome(rows: ControlRows, attribution: Attribution): Result<readonly Document[]> | null {
  const entry = attribution.commandId === null ? null : rows.auditOf(attribution.commandId);
  if (entry === null) return null;
  if (!isSameCommand(entry, attribution)) return reused(entry);
  if (isErrorCode(entry.outcome)) return err(appError(entry.outcome, { firstAnsweredAt: entry.at }));
  return ok(rows.writtenWith(entry.seq).map(readDocument));
}

function isSameCommand(entry: AuditRow, { action, target }: Attribution): boolean {
  return entry.action === action && entry.target === target;
}

function reused({ action, target }: AuditRow): Result<never> {
  return err(appError('COMMAND_ID_REUSED', { action, target }));
}

function isErrorCode(outcome: string): outcome is ErrorCode {
  return errorCodes.some((code) => code === outcome);
}

/** Only the newest revision of a credential keeps its sealed text. */
function superseded(rows: ControlRows, documents: readonly Document[]): readonly RevisionRow[] {
  return documents
    .filter((document) => document.kind === 'credential' && document.revision > 1)
    .flatMap((document) => rows.history(document.kind, document.id, 1))
    .flatMap((row) => {
      const document = readDocument(row);
      if (document.value === null || !('sealed' in document.value) || document.value.sealed === null) return [];
      return [toRevisionRow({ ...document, value: { ...document.value, sealed: null } }, row.auditSeq)];
    });
}

/** Throws AppFailure DATA_CORRUPT: heads were parsed at the start, so only an old or tampered revision gets here. */
function readDocument(row: RevisionRow): Document {
  const document = fromRevisionRow(row);
  if (!document.ok) throw new AppFailure(document.error);
  return document.value;
}
