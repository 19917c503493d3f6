import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BenchGateway, startGateway } from '#tests/support/bench/gateway.ts';

const program = join(import.meta.dirname, '../../src/gateway/index.ts');
let folder: string;
let data: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-start-'));
  data = join(folder, 'data');
});
afterEach(async () => {
  await chmod(data, 0o700).catch(() => {});
  await rm(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a gateway that is expected to give up by itself; as `nobody` where it must not be root. */
function runToItsEnd(args: readonly string[], asNobody = false): Promise<Ended> {
  const identity = asNobody ? { uid: 65_534, gid: 65_534 } : {};
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { timeout: 20_000, ...identity }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr });
    });
  });
}

const withData = (...more: string[]) => ['--data', data, '--ingest-port', '0', '--control-port', '0', ...more];

async function onceStarted(use: (gateway: BenchGateway) => Promise<void>): Promise<void> {
  await using gateway = await startGateway({ config: { sources: [{ id: 'web', writeKey: 'start-test-key' }] }, dataFolder: data });
  await use(gateway);
}

describe('a gateway that cannot start', () => {
  it('names every wrong argument and shows how it is used', async () => {
    const ended = await runToItsEnd(['--ingest-port', '70000', '--park', 'nonsense']);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('Usage:');
    for (const name of ['--data', '--ingest-port', '--park']) expect(ended.stderr).toContain(`"${name}"`);
  });

  it('shows how it is used when it is asked to, and then ends well', async () => {
    expect(await runToItsEnd(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage:'), stderr: '' });
  });

  it('leaves a data folder alone that another gateway uses, and names its owner', async () => {
    await onceStarted(async (gateway) => {
      const ended = await runToItsEnd(withData());
      expect(ended.code).toBe(1);
      expect(ended.stderr).toContain('DATA_LOCKED');
      expect(ended.stderr).toContain(`process ${gateway.server.pid}`);
    });
  });

  it.each(['control.db', 'lanes.db'])('says which file is damaged and leaves it as it was: %s', async (file) => {
    await onceStarted(async () => {});
    await writeFile(join(data, file), 'this is no database, and long enough to be looked at '.repeat(100));
    const ended = await runToItsEnd(withData());
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('DATA_CORRUPT');
    expect(ended.stderr).toContain(file);
  });

  it.each(['control.db', 'lanes.db'])('refuses data of a newer version instead of changing it: %s', async (file) => {
    await onceStarted(async () => {});
    const database = new DatabaseSync(join(data, file));
    database.exec('PRAGMA user_version = 9999');
    database.close();
    const ended = await runToItsEnd(withData());
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('DATA_NEWER');
  });

  it('says that a port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address ? String(address.port) : '';
    for (const flag of ['--ingest-port', '--control-port']) {
      const ended = await runToItsEnd(['--data', data, '--ingest-port', '0', '--control-port', '0', flag, port]);
      expect(ended.code).toBe(1);
      expect(ended.stderr).toContain('PORT_IN_USE');
    }
    other.close();
  });

  it('says that it may not write its folder', async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('needs root to become somebody who may not write');
    await mkdir(data);
    await chmod(folder, 0o755);
    await chmod(data, 0o555);
    const ended = await runToItsEnd(withData(), true);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('DATA_READONLY');
  });

  it('names every mistake of a configuration file with its line', async () => {
    const file = join(folder, 'sluice.yaml');
    await writeFile(
      file,
      'sources:\n  - { id: web, writeKy: abcdefgh }\ndestinations:\n  - { id: hook, connector: webhok }\n  - { id: hook, connector: webhook, sources: [ios] }\n',
    );
    const ended = await runToItsEnd(withData('--config', file));
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('CONFIG_INVALID');
    for (const line of [2, 4, 5]) expect(ended.stderr).toContain(`line ${line}, `);
    expect(ended.stderr).toContain('writeKey');
  });

  it('prints nothing but its one line of JSON on stdout when it does start', async () => {
    await onceStarted(async (gateway) => {
      expect(gateway.server.ready).toEqual({
        ready: true,
        ingest: expect.stringMatching(/^http:/),
        control: expect.stringMatching(/^ws:/),
      });
    });
  });
});
