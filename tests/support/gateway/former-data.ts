/** Data folders as former releases wrote them, from the texts in `tests/fixtures`. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const fixtures = join(import.meta.dirname, '../../fixtures');

/** Name of each database in a fixture, and the SQL that makes it. */
export function formerDatabases(release: 'data-v1'): ReadonlyMap<string, string> {
  const root = join(fixtures, release);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.sql'));
  return new Map(files.map((name) => [name.replaceAll('\\', '/').replace(/\.sql$/, '.db'), readFileSync(join(root, name), 'utf8')]));
}

/** Makes the data folder that a release left. */
export function makeFormerData(folder: string, release: 'data-v1'): void {
  for (const [name, sql] of formerDatabases(release)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    const db = new DatabaseSync(join(folder, name));
    db.exec(sql);
    // As the gateway leaves its files.
    db.exec('PRAGMA journal_mode=WAL');
    db.close();
  }
}
