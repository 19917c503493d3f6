import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireOwnership, readOwner } from './owner-lock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-owner-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const modulePath = fileURLToPath(new URL('./owner-lock.ts', import.meta.url));
const holder = `
  import { acquireOwnership } from ${JSON.stringify(modulePath)};
  const own = acquireOwnership(process.argv[1], 'console in Electron');
  console.log(own.ok ? 'held' : own.error.code);
  setInterval(() => {}, 1000);
`;

describe('the owner of a data folder', () => {
  it('is one process; another is told who it is', async () => {
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', holder, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(child.stdout, 'data');
    expect(String(line).trim()).toBe('held');
    expect(acquireOwnership(folder, 'me')).toMatchObject({
      ok: false,
      error: { code: 'DATA_LOCKED', details: { owner: { pid: child.pid, who: 'console in Electron' } } },
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const mine = acquireOwnership(folder, 'me');
    expect(mine.ok).toBe(true);
    if (mine.ok) mine.value.release();
  });

  it('never tells the key of its door in the error', () => {
    const mine = acquireOwnership(folder, 'me');
    if (!mine.ok) throw new Error(mine.error.message);
    mine.value.announce({ url: 'http://127.0.0.1:1', key: 'the-key' });
    expect(JSON.stringify(acquireOwnership(folder, 'other'))).not.toContain('the-key');
    expect(readOwner(folder)?.door?.key).toBe('the-key');
    expect(statSync(join(folder, 'owner.json')).mode & 0o777).toBe(0o600);
    mine.value.release();
    expect(readOwner(folder)).toBeNull();
  });

  it('says so when the lock file is not one, and leaves it as it was', () => {
    writeFileSync(join(folder, 'owner.lock'), 'x'.repeat(5_000));
    expect(acquireOwnership(folder, 'me')).toMatchObject({ ok: false, error: { code: 'DATA_CORRUPT' } });
    expect(statSync(join(folder, 'owner.lock')).size).toBe(5_000);
  });

  it('says so when the folder cannot be made', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(acquireOwnership(join(folder, 'file', 'data'), 'me')).toMatchObject({ ok: false, error: { code: 'DATA_READONLY' } });
  });
});
