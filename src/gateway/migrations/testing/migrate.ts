/** Migrates a data folder slowly: writes a dot when a step has been done inside its transaction, so that a test can kill it there. */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { bringUp } from '../bring-up.ts';
import type { Step } from '../database-schema.ts';
import { databaseSchemas } from '../schemas.ts';

const [, , folder = ''] = process.argv;
const pause = new Int32Array(new SharedArrayBuffer(4));

function slowly(step: Step): Step {
  return {
    ...step,
    up(db) {
      step.up(db);
      writeSync(1, '.');
      Atomics.wait(pause, 0, 0, 50);
    },
  };
}

for (const schema of databaseSchemas) {
  const db = new DatabaseSync(join(folder, schema.file));
  db.exec('PRAGMA synchronous=FULL');
  bringUp(db, { ...schema, steps: schema.steps.map(slowly) });
  db.close();
}
