/** The form of `quarantine.db`. */
import type { DatabaseSchema } from '#gateway/migrations/database-schema.ts';

const first = `
  CREATE TABLE held (id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, messageId TEXT NOT NULL, type TEXT NOT NULL,
    name TEXT NOT NULL, receivedAt REAL NOT NULL, plan TEXT NOT NULL, revision INTEGER NOT NULL, violations TEXT NOT NULL,
    body TEXT NOT NULL, bytes INTEGER NOT NULL, claimed INTEGER NOT NULL DEFAULT 0, UNIQUE (source, messageId));
  CREATE INDEX byName ON held (source, name);
  CREATE INDEX byTime ON held (receivedAt);
  CREATE INDEX byClaim ON held (id) WHERE claimed = 1;
  CREATE TABLE ended (source TEXT PRIMARY KEY, released INTEGER NOT NULL DEFAULT 0, discarded INTEGER NOT NULL DEFAULT 0,
    expired INTEGER NOT NULL DEFAULT 0, quarantined INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
`;

export const quarantineSchema: DatabaseSchema = {
  file: 'quarantine.db',
  first: (db) => db.exec(first),
  steps: [],
  statements: [
    { sql: 'SELECT id, source, messageId, type, name, receivedAt, plan, revision, violations, body, bytes, claimed FROM held' },
    { sql: 'SELECT source, released, discarded, expired, quarantined FROM ended' },
  ],
};
