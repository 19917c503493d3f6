import { openLanes } from './lanes-file.ts';

/** Far above any epoch that an owner can have been given since the backup was made. */
const epochLeap = 2 ** 20;

/** Puts the lanes of a restored folder, which nobody has open, into a new incarnation: no owner of the old one may settle them. */
export function renewLanes(folder: string, incarnation: string): void {
  const db = openLanes(folder);
  try {
    db.exec('PRAGMA synchronous=FULL; BEGIN IMMEDIATE');
    db.prepare('UPDATE incarnation SET id = ?').run(incarnation);
    db.prepare('UPDATE lane SET epoch = (epoch / ?1 + 1) * ?1').run(epochLeap);
    db.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    db.close();
  }
}
