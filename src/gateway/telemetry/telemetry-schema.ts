/** The form of `telemetry.db`. */
import type { DatabaseSchema } from '#gateway/migrations/database-schema.ts';

const first = `
  CREATE TABLE subject (id INTEGER PRIMARY KEY, type TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (type, name));
  CREATE TABLE window (subject INTEGER NOT NULL, step INTEGER NOT NULL, start INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (subject, step, start)) WITHOUT ROWID;
  CREATE TABLE total (source TEXT PRIMARY KEY, counts TEXT NOT NULL) WITHOUT ROWID;
`;

export const telemetrySchema: DatabaseSchema = {
  file: 'telemetry.db',
  first: (db) => db.exec(first),
  steps: [],
  statements: [
    { sql: 'SELECT id, type, name FROM subject' },
    { sql: 'SELECT subject, step, start, body FROM window' },
    { sql: 'SELECT source, counts FROM total' },
  ],
};
