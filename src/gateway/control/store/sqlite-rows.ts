import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { AppFailure } from '#contract/errors.ts';
import { auditEntrySchema } from '#contract/operations/system.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { z } from '#contract/zod.ts';
import type { AuditRow, ControlRows, RevisionRow, WriteSet } from './rows.ts';
import { openFailure, writeFailure } from './sqlite-failure.ts';

const revisionRow = z.object({
  kind: z.string(),
  id: z.string(),
  revision: z.number(),
  value: z.string().nullable(),
  at: z.number(),
  by: z.string(),
  reason: z.string(),
  auditSeq: z.number(),
});
const revisionStub = revisionRow.omit({ value: true }).extend({ position: z.number() });
/** As an entry is told, but what it changed is one text. */
const auditRow = auditEntrySchema.extend({ changes: z.string() });
const incarnationRow = z.object({
  id: z.string(),
  at: z.number(),
  head: z.number(),
  auditSeq: z.number(),
  backup: z.string().nullable(),
});
const countRow = z.object({ count: z.number() });

const revisionColumns = 'kind, id, revision, value, at, "by", reason, auditSeq';

const stubColumns = 'rowid AS position, kind, id, revision, at, "by", reason, auditSeq';

/** Rows in an open `control.db` whose schema is already there. */
export function createSqliteRows(database: DatabaseSync): ControlRows {
  const statements = {
    heads: database.prepare(
      `SELECT ${revisionColumns} FROM revisions AS r WHERE revision = (SELECT max(revision) FROM revisions WHERE kind = r.kind AND id = r.id)`,
    ),
    history: database.prepare(`SELECT ${revisionColumns} FROM revisions WHERE kind = ? AND id = ? ORDER BY revision DESC LIMIT ?`),
    writtenWith: database.prepare(`SELECT ${revisionColumns} FROM revisions WHERE auditSeq = ? ORDER BY rowid`),
    revision: database.prepare(`SELECT ${revisionColumns} FROM revisions WHERE kind = ? AND id = ? AND revision = ?`),
    newest: database.prepare(`SELECT ${stubColumns} FROM revisions WHERE rowid < ? ORDER BY rowid DESC LIMIT ?`),
    newestOf: database.prepare(
      `SELECT ${stubColumns} FROM revisions WHERE kind = ? AND id = ? AND rowid < ? ORDER BY revision DESC LIMIT ?`,
    ),
    // From the entries in question to their documents: the plan that SQLite would choose reads every revision there is.
    lastWritten: database.prepare(
      `SELECT ${revisionColumns} FROM revisions AS r INDEXED BY revisionsOfEntry WHERE auditSeq > ?1 AND auditSeq <= ?2
       AND revision = (SELECT max(revision) FROM revisions WHERE kind = r.kind AND id = r.id AND auditSeq <= ?2) ORDER BY kind, id`,
    ),
    asOf: database.prepare(
      `SELECT ${revisionColumns} FROM revisions WHERE kind = ? AND id = ? AND auditSeq <= ? ORDER BY revision DESC LIMIT 1`,
    ),
    auditSeqAt: database.prepare('SELECT coalesce(max(seq), 0) AS count FROM audit WHERE at <= ?'),
    count: database.prepare('SELECT count(*) AS count FROM revisions'),
    audit: database.prepare('SELECT * FROM audit WHERE seq < ? ORDER BY seq DESC LIMIT ?'),
    auditOf: database.prepare('SELECT * FROM audit WHERE commandId = ?'),
    insertRevision: database.prepare(
      `INSERT INTO revisions (${revisionColumns}) VALUES (:kind, :id, :revision, :value, :at, :by, :reason, :auditSeq)`,
    ),
    wipe: database.prepare('UPDATE revisions SET value = :value WHERE kind = :kind AND id = :id AND revision = :revision'),
    incarnations: database.prepare('SELECT id, at, head, auditSeq, backup FROM incarnation ORDER BY number'),
    insertIncarnation: database.prepare(
      'INSERT INTO incarnation (id, at, head, auditSeq, backup) VALUES (:id, :at, :head, :auditSeq, :backup)',
    ),
    insertAudit: database.prepare(
      'INSERT INTO audit (seq, at, "by", action, target, outcome, reason, commandId, changes, hash) VALUES (:seq, :at, :by, :action, :target, :outcome, :reason, :commandId, :changes, :hash)',
    ),
  };
  const revisions = (statement: StatementSync, ...values: readonly (string | number)[]): readonly RevisionRow[] =>
    reading(() => statement.all(...values).map((row) => revisionRow.parse(row)));
  const entries = (statement: StatementSync, ...values: readonly (string | number)[]): readonly AuditRow[] =>
    reading(() => statement.all(...values).map((row) => auditRow.parse(row)));

  function writeAll(set: WriteSet): void {
    statements.insertAudit.run({ ...set.audit });
    for (const row of set.revisions) statements.insertRevision.run({ ...row });
    for (const { kind, id, revision, value } of set.wiped) statements.wipe.run({ kind, id, revision, value });
  }

  return {
    heads: () => revisions(statements.heads),
    history: (kind, id, limit) => revisions(statements.history, kind, id, limit),
    writtenWith: (auditSeq) => revisions(statements.writtenWith, auditSeq),
    revision: (kind, id, revision) => revisions(statements.revision, kind, id, revision)[0] ?? null,
    newest: (before, limit, of) =>
      reading(() => {
        const under = before ?? Number.MAX_SAFE_INTEGER;
        const found = of === undefined ? statements.newest.all(under, limit) : statements.newestOf.all(of.kind, of.id, under, limit);
        return found.map((row) => revisionStub.parse(row));
      }),
    lastWritten: (afterSeq, throughSeq) => revisions(statements.lastWritten, afterSeq, throughSeq),
    asOf: (kind, id, auditSeq) => revisions(statements.asOf, kind, id, auditSeq)[0] ?? null,
    auditSeqAt: (at) => reading(() => countRow.parse(statements.auditSeqAt.get(at)).count),
    revisionCount: () => reading(() => countRow.parse(statements.count.get()).count),
    audit: (beforeSeq, limit) => entries(statements.audit, beforeSeq ?? Number.MAX_SAFE_INTEGER, limit),
    auditOf: (commandId) => entries(statements.auditOf, commandId)[0] ?? null,
    incarnations: () => reading(() => statements.incarnations.all().map((row) => incarnationRow.parse(row))),
    addIncarnation: (incarnation) => void statements.insertIncarnation.run({ ...incarnation }),
    write(set) {
      const written = transaction(database, () => writeAll(set));
      // The wiped text must leave the WAL too; a busy checkpoint only postpones that to the next one.
      if (written.ok && set.wiped.length > 0) truncateLog(database);
      return written;
    },
    close: () => database.close(),
  };
}

function transaction(database: DatabaseSync, work: () => void): Result<void> {
  try {
    database.exec('BEGIN IMMEDIATE');
    work();
    database.exec('COMMIT');
    return ok(undefined);
  } catch (thrown) {
    if (database.isOpen && database.isTransaction) database.exec('ROLLBACK');
    const failure = writeFailure(thrown);
    if (failure === null) throw thrown;
    return err(failure);
  }
}

/** A page that turns out damaged while the gateway runs: AppFailure DATA_CORRUPT. */
function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    const failure = openFailure(thrown, 'control.db');
    if (failure === null) throw thrown;
    throw new AppFailure(failure, { cause: thrown });
  }
}

function truncateLog(database: DatabaseSync): void {
  try {
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch (thrown) {
    if (writeFailure(thrown) === null) throw thrown;
  }
}
