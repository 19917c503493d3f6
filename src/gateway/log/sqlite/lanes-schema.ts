/** The form of `lanes.db`. */
import type { DatabaseSchema } from '#gateway/migrations/database-schema.ts';
import { applicationId } from './segment-file.ts';

export const lanesFileName = 'lanes.db';

const sideColumns = `
    ordinal INTEGER NOT NULL, seq INTEGER NOT NULL, gen INTEGER NOT NULL,
    attempt INTEGER NOT NULL, due_at INTEGER NOT NULL, class TEXT NOT NULL, detail TEXT NOT NULL,
    PRIMARY KEY (ordinal, seq, gen)`;

const first = `
  CREATE TABLE lane (
    ordinal INTEGER PRIMARY KEY,
    destination TEXT NOT NULL,
    birth INTEGER NOT NULL,       -- head when it was registered
    epoch INTEGER NOT NULL,
    cursor INTEGER NOT NULL,
    passed_bytes INTEGER NOT NULL,
    closed_at INTEGER             -- head when it was retired
  ) STRICT;
  CREATE UNIQUE INDEX lane_living ON lane (destination) WHERE closed_at IS NULL;
  CREATE TABLE ledger (
    ordinal INTEGER NOT NULL, state TEXT NOT NULL, count INTEGER NOT NULL, hi INTEGER NOT NULL, lo INTEGER NOT NULL,
    PRIMARY KEY (ordinal, state)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE retrying (${sideColumns}) STRICT, WITHOUT ROWID;
  CREATE INDEX retrying_due ON retrying (ordinal, due_at);
  CREATE TABLE dead (${sideColumns}) STRICT, WITHOUT ROWID;
  CREATE TABLE held (ordinal INTEGER NOT NULL, block INTEGER NOT NULL, bits BLOB NOT NULL, PRIMARY KEY (ordinal, block)) STRICT, WITHOUT ROWID;
  -- Events that side rows and held bits refer to, whose segment is gone.
  CREATE TABLE rescued (
    seq INTEGER PRIMARY KEY, received_at REAL NOT NULL, route INTEGER NOT NULL, type INTEGER NOT NULL, element INTEGER NOT NULL, share INTEGER NOT NULL,
    source TEXT NOT NULL, body BLOB NOT NULL
  ) STRICT;
  CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
`;

const replays = `
  ALTER TABLE dead ADD COLUMN name TEXT;
  CREATE TABLE replay (
    ordinal INTEGER NOT NULL, gen INTEGER NOT NULL, id TEXT NOT NULL, cursor INTEGER NOT NULL,
    limit_seq INTEGER NOT NULL,   -- cursor of the lane when it began
    given INTEGER NOT NULL, skipped INTEGER NOT NULL, delivered INTEGER NOT NULL, failed INTEGER NOT NULL, ended INTEGER NOT NULL,
    PRIMARY KEY (ordinal, gen)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX replay_id ON replay (ordinal, id);
  -- Rows that a replay gave and that are still retried: to which replay they count.
  CREATE TABLE replaying (
    ordinal INTEGER NOT NULL, seq INTEGER NOT NULL, gen INTEGER NOT NULL, replay INTEGER NOT NULL, PRIMARY KEY (ordinal, seq, gen)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE mark (
    ordinal INTEGER NOT NULL, block INTEGER NOT NULL, mark INTEGER NOT NULL, bits BLOB NOT NULL, PRIMARY KEY (ordinal, block, mark)
  ) STRICT, WITHOUT ROWID;
  -- Dead letters that an edited copy replaces.
  CREATE TABLE edit (
    ordinal INTEGER NOT NULL, seq INTEGER NOT NULL, gen INTEGER NOT NULL, child TEXT NOT NULL, is_done INTEGER NOT NULL,
    PRIMARY KEY (ordinal, seq, child)
  ) STRICT, WITHOUT ROWID;
  -- How an event ended is known from here on.
  INSERT INTO meta (key, value) SELECT 'marked/' || ordinal, cursor FROM lane;
`;

const withoutReplays = `
  ALTER TABLE dead DROP COLUMN name;
  DROP TABLE replay; DROP TABLE replaying; DROP TABLE mark; DROP TABLE edit;
  DELETE FROM meta WHERE key LIKE 'marked/%';
`;

/** Side 0: given to it. Side 1: given away, and not settled as diverted yet. */
const diversions = `
  CREATE TABLE diversion (
    ordinal INTEGER NOT NULL, side INTEGER NOT NULL, block INTEGER NOT NULL, bits BLOB NOT NULL, PRIMARY KEY (ordinal, side, block)
  ) STRICT, WITHOUT ROWID;
`;

export const lanesSchema: DatabaseSchema = {
  file: lanesFileName,
  applicationId,
  first: (db) => db.exec(first),
  steps: [
    {
      to: 2,
      kind: 'expand',
      what: 'says which incarnation of the data folder it belongs to',
      up: (db) => db.exec('CREATE TABLE incarnation (id TEXT NOT NULL) STRICT'),
      down: (db) => db.exec('DROP TABLE incarnation'),
    },
    {
      to: 3,
      kind: 'expand',
      what: 'remembers replays, edited dead letters and how events ended; dead letters carry the name of their event',
      up: (db) => db.exec(replays),
      down: (db) => db.exec(withoutReplays),
    },
    {
      to: 4,
      kind: 'expand',
      what: 'remembers in which dedupe domain an event without a verdict may have arrived',
      up: (db) => db.exec('ALTER TABLE retrying ADD COLUMN domain TEXT'),
      down: (db) => db.exec('ALTER TABLE retrying DROP COLUMN domain'),
    },
    {
      to: 5,
      kind: 'expand',
      what: 'remembers which events a destination was given by another, and gave away',
      up: (db) => db.exec(diversions),
      down: (db) => db.exec('DROP TABLE diversion'),
    },
  ],
  statements: [
    { sql: 'SELECT ordinal, destination, birth, epoch, cursor, passed_bytes, closed_at FROM lane' },
    { sql: 'SELECT ordinal, state, count, hi, lo FROM ledger' },
    {
      sql: 'SELECT ordinal, seq, gen, attempt, due_at, class, detail FROM retrying INDEXED BY retrying_due WHERE ordinal = ? AND due_at <= ?',
    },
    { sql: 'SELECT domain FROM retrying', since: 4 },
    { sql: 'SELECT ordinal, side, block, bits FROM diversion', since: 5 },
    { sql: 'SELECT ordinal, seq, gen, attempt, due_at, class, detail FROM dead' },
    { sql: 'SELECT ordinal, block, bits FROM held' },
    { sql: 'SELECT seq, received_at, route, type, element, share, source, body FROM rescued' },
    { sql: 'SELECT key, value FROM meta' },
    { sql: 'SELECT id FROM incarnation', since: 2 },
    { sql: 'SELECT ordinal, seq, gen, attempt, due_at, class, detail, name FROM dead', since: 3 },
    {
      sql: 'SELECT ordinal, gen, id, cursor, limit_seq, given, skipped, delivered, failed, ended FROM replay INDEXED BY replay_id',
      since: 3,
    },
    { sql: 'SELECT ordinal, seq, gen, replay FROM replaying', since: 3 },
    { sql: 'SELECT ordinal, block, mark, bits FROM mark', since: 3 },
    { sql: 'SELECT ordinal, seq, gen, child, is_done FROM edit', since: 3 },
  ],
};
