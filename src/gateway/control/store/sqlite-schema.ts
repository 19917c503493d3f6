/** The form of `control.db`. */
import type { DatabaseSchema } from '#gateway/migrations/database-schema.ts';

/** Documents with all their revisions, and the audit, which the file itself refuses to change. */
const first = `
  CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    "by" TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL,
    commandId TEXT,
    changes TEXT NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX auditCommand ON audit (commandId) WHERE commandId IS NOT NULL;
  CREATE TRIGGER auditIsNeverChanged BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
  CREATE TRIGGER auditIsNeverCut BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
  CREATE TABLE revisions (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    value TEXT,
    at REAL NOT NULL,
    "by" TEXT NOT NULL,
    reason TEXT NOT NULL,
    auditSeq INTEGER NOT NULL REFERENCES audit (seq),
    PRIMARY KEY (kind, id, revision)
  ) STRICT;
  CREATE INDEX revisionsOfEntry ON revisions (auditSeq);
`;

/**
 * One row for the folder's birth and one for each restore since: up to `head` and `auditSeq` the one
 * before is the same history. Its id is what a resume token, a seq or a ledger must be read with.
 */
const incarnations = `
  CREATE TABLE incarnation (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    at REAL NOT NULL,
    head INTEGER NOT NULL,
    auditSeq INTEGER NOT NULL,
    backup TEXT
  ) STRICT;
  CREATE TRIGGER incarnationIsNeverChanged BEFORE UPDATE ON incarnation BEGIN SELECT RAISE(ABORT, 'incarnations are append-only'); END;
  CREATE TRIGGER incarnationIsNeverCut BEFORE DELETE ON incarnation BEGIN SELECT RAISE(ABORT, 'incarnations are append-only'); END;
  INSERT INTO incarnation VALUES (1, lower(hex(randomblob(6))), CAST(unixepoch('subsec') * 1000 AS INTEGER), 0, 0, NULL);
`;

export const controlSchema: DatabaseSchema = {
  file: 'control.db',
  first: (db) => db.exec(first),
  steps: [
    {
      to: 2,
      kind: 'expand',
      what: 'keeps which incarnation the data folder is in',
      up: (db) => db.exec(incarnations),
      down: (db) => db.exec('DROP TABLE incarnation'),
    },
  ],
  statements: [
    { sql: 'SELECT kind, id, revision, value, at, "by", reason, auditSeq FROM revisions' },
    { sql: 'SELECT seq, at, "by", action, target, outcome, reason, commandId, changes, hash FROM audit' },
    { sql: 'SELECT number, id, at, head, auditSeq, backup FROM incarnation', since: 2 },
  ],
};
