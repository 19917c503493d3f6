/** Version of the tables below, in `PRAGMA user_version`. A greater one is a newer Sluice's. */
export const controlSchemaVersion = 1;

/** Documents with all their revisions, and the audit, which the file itself refuses to change. */
export const controlSchema = `
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
