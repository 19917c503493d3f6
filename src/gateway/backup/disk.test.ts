import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { realDisk } from './disk.ts';

/** Makes a database with a row that is in its WAL only, and is killed. */
const killedWriter = `
  const db = new (require('node:sqlite').DatabaseSync)(process.argv[1]);
  db.exec('PRAGMA journal_mode=WAL; CREATE TABLE row(id); INSERT INTO row VALUES (1)');
  process.kill(process.pid, 'SIGKILL');
`;

it('copies what is in the WAL of a gateway that was killed, and leaves the WAL as it is, though nobody else has the file open', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-snapshot-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [from, to] = [join(folder, 'live.db'), join(folder, 'copy.db')];
  expect(spawnSync(process.execPath, ['-e', killedWriter, from]).signal).toBe('SIGKILL');
  const files = () => ['', '-wal'].map((suffix) => readFileSync(`${from}${suffix}`).toString('base64'));
  const before = files();

  realDisk.snapshot(from, to);

  expect(files()).toEqual(before);
  using copy = new DatabaseSync(to, { readOnly: true });
  expect(copy.prepare('SELECT id FROM row').all()).toEqual([{ id: 1 }]);
});
