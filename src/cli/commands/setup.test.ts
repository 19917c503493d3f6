import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appError } from '#contract/errors.ts';
import { err, ok } from '#contract/result.ts';
import { type FakeGateway, now, runSluice, startFakeGateway, token } from '#tests/support/cli/fake-gateway.ts';

let gateway: FakeGateway;
let folder: string;
let file: string;
beforeEach(async () => {
  gateway = await startFakeGateway();
  folder = mkdtempSync(join(tmpdir(), 'sluice-cli-setup-'));
  file = join(folder, 'set-up.yaml');
});
afterEach(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true, force: true });
});
const sluice = (args: readonly string[], stdin = '') => runSluice(args, { SLUICE_URL: gateway.url, SLUICE_TOKEN: token }, stdin);

const comparison = {
  documents: [
    {
      kind: 'source',
      id: 'web',
      change: 'changed',
      isRestorable: true,
      isCut: false,
      entries: [{ path: ['limits', 'burst'], before: 5, after: 7 }],
      by: 'ada',
      at: now,
    },
    { kind: 'flag', id: 'beta', change: 'added', isRestorable: true, isCut: false, entries: [], by: '', at: 0 },
  ],
  credentials: [{ destination: 'hook', needs: null, has: null }],
  seq: 9,
} as const;

describe('sluice export', () => {
  it('writes a new file, and never over one that is there', async () => {
    const asked: unknown[] = [];
    gateway.serve({
      'restorePoint.export': (input) => {
        asked.push(input);
        return ok({ text: 'format: sluice-setup\n', documents: 12, credentials: 2 });
      },
    });
    const first = await sluice([
      'export',
      file,
      '--of',
      'point-7',
      '--leave-out',
      'source.writeKey',
      '--leave-out',
      'destination.endpoint',
    ]);
    expect(first.out).toBe(`12 documents are in ${file}.\n2 credentials are named in it and have to be bound where it is imported.\n`);
    expect(asked).toEqual([{ of: { type: 'point', id: 'point-7' }, leaveOut: ['source.writeKey', 'destination.endpoint'] }]);
    expect(readFileSync(file, 'utf8')).toBe('format: sluice-setup\n');
    expect(await sluice(['export', file])).toMatchObject({ code: 2, err: expect.stringContaining('is there already') });
    expect((await sluice(['export', '-', '--of', '2026-11-21T10:00:00Z'])).out).toBe('format: sluice-setup\n');
    expect(asked.at(-1)).toMatchObject({ of: { type: 'time', at: Date.parse('2026-11-21T10:00:00Z') } });
  });
});

describe('sluice import', () => {
  it('shows what would change, field by field, and then changes it', async () => {
    const asked: unknown[] = [];
    gateway.serve({
      'restorePoint.import': (input) => {
        asked.push(input);
        const common = {
          comparison,
          radius: { destinations: [] },
          removedDestinations: [],
          written: 2,
          from: 'staging',
          exportedAt: 'yesterday',
        };
        return ok({ ...common, undo: input.dryRun ? null : 'point-9', writtenSeq: input.dryRun ? null : 9 } as never);
      },
    });
    writeFileSync(file, 'format: sluice-setup\n');
    expect((await sluice(['import', file, '--dry-run'])).out).toBe(
      [
        'Importing what staging exported at yesterday would change:',
        '  changed source web',
        '    limits.burst: 5 -> 7',
        '  added flag beta',
        'hook needs a credential; bind it here.\n',
      ].join('\n'),
    );
    const done = await sluice(['import', '-', '--confirm', 'production', '--reason', 'release 7'], 'format: sluice-setup\n');
    expect(done.out).toContain('Imported what staging exported at yesterday: 2 documents.');
    expect(done.out).toContain('Take it back with: sluice call restorePoint.apply');
    expect(asked[1]).toMatchObject({ text: 'format: sluice-setup\n', confirm: 'production', reason: 'release 7', dryRun: false });
  });

  it('names mistakes as file:line, where an editor can go', async () => {
    const mistakes = [{ line: 12, path: 'documents.source.web.writKey', message: 'unknown key; did you mean writeKey?' }];
    gateway.serve({ 'restorePoint.import': () => err(appError('SETUP_INVALID', { mistakes })) });
    writeFileSync(file, 'x');
    const { code, err: said } = await sluice(['import', file]);
    expect(code).toBe(1);
    expect(said).toContain(`${file}:12: documents.source.web.writKey unknown key; did you mean writeKey?`);
    expect(await sluice(['import', join(folder, 'none')])).toMatchObject({ code: 2, err: expect.stringContaining('ENOENT') });
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });
});
