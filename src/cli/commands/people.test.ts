import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appError } from '#contract/errors.ts';
import { err, ok } from '#contract/result.ts';
import { type FakeGateway, now, runSluice, startFakeGateway, token } from '#tests/support/cli/fake-gateway.ts';

let gateway: FakeGateway;
let folder: string;
beforeEach(async () => {
  gateway = await startFakeGateway();
  folder = mkdtempSync(join(tmpdir(), 'sluice-cli-people-'));
});
afterEach(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true, force: true });
});
const ana = '{"userId":"ana@shop.example"}';
const sluice = (args: readonly string[], stdin = ana) => runSluice(args, { SLUICE_URL: gateway.url, SLUICE_TOKEN: token }, stdin);

describe('sluice erase', () => {
  it('takes whom from stdin, shows what it would do, and does it', async () => {
    const asked: unknown[] = [];
    const lanes = [{ destination: 'hook', retrying: 1, dead: 2000, held: 3 }];
    const vendors = [
      { destination: 'mix', connector: 'mixpanel', isAsked: true, suggestedAction: '' },
      { destination: 'meta', connector: 'meta', isAsked: false, suggestedAction: 'Do it by hand.' },
    ];
    gateway.serve({
      'erasure.request': (input) => {
        asked.push(input);
        const preview = { events: 7, isComplete: false, quarantined: 1, lanes, vendors };
        return ok({ id: 'h_1', revision: 1, preview: input.dryRun ? preview : null });
      },
    });
    expect((await sluice(['erase', '--dry-run'])).out).toBe(
      [
        'Would erase at least 7 events of the log and 1 in quarantine.',
        'hook: 1 retrying, 2,000 dead and 3 held would end as suppressed.',
        'mix: its vendor is asked.',
        'meta: its vendor is not asked. Do it by hand.\n',
      ].join('\n'),
    );
    expect((await sluice(['erase', '--confirm', 'erase', '--reason', 'ticket 7', '--let-back'])).out).toBe(
      'Begun as h_1. sluice erasures shows how it goes.\n',
    );
    expect(asked[1]).toMatchObject({
      userId: 'ana@shop.example',
      alsoSuppress: false,
      confirm: 'erase',
      reason: 'ticket 7',
      dryRun: false,
    });
  });

  it('takes no id as an argument, and says how to name somebody', async () => {
    expect((await sluice(['erase', 'ana@shop.example'])).code).toBe(2);
    for (const stdin of ['', 'ana', '{"user":"ana"}']) {
      const { code, err: words } = await sluice(['erase'], stdin);
      expect(code).toBe(2);
      expect(words).toContain('Say on stdin whom');
    }
  });
});

it('lists erasures with what is left to do', async () => {
  const entry = {
    destination: 'meta',
    state: 'notOffered',
    at: now,
    nextAt: null,
    attempts: 0,
    detail: '',
    suggestedAction: 'Do it by hand.',
  };
  const value = {
    people: ['h_1'],
    alsoSuppress: true,
    state: 'running',
    requestedAt: now,
    local: { state: 'done', at: now, detail: '', places: [] },
    destinations: [{ ...entry, connector: 'meta', isConfirmed: false, reference: null }],
    endedAt: null,
  } as never;
  gateway.serve({ 'erasure.list': () => ok({ total: 1, erasures: [{ id: 'h_1', revision: 3, value }] }) });
  const { out } = await sluice(['erasures']);
  expect(out).toContain('1 erasures.');
  expect(out).toMatch(/meta\s+notOffered\s+Do it by hand\./);
  expect((await sluice(['erasures', '--state', 'over'])).code).toBe(2);
});

describe('sluice export-person', () => {
  const out = () => join(folder, 'ana.jsonl');
  const erasures = Array.from({ length: 3 }, (_, index) => ({
    kind: 'quarantined' as const,
    source: 'web',
    receivedAt: now,
    plan: 'p',
    event: { messageId: `m${index}` },
  }));

  it('writes all pages into a file that only its owner reads, over a connection of the desk', async () => {
    const asked: unknown[] = [];
    gateway.serve({
      'person.export': (input, { audience }) => {
        asked.push([input.after, audience]);
        return ok(input.after === undefined ? { items: erasures.slice(0, 2), next: 'x' } : { items: erasures.slice(2), next: null });
      },
    });
    expect(await sluice(['export-person', '--out', out(), '--reason', 'ticket 8'])).toMatchObject({
      code: 0,
      out: `3 lines in ${out()}.\n`,
    });
    expect(asked).toEqual([
      [undefined, 'desk'],
      ['x', 'desk'],
    ]);
    const lines = readFileSync(out(), 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).event.messageId)).toEqual(['m0', 'm1', 'm2']);
    expect(statSync(out()).mode & 0o777).toBe(0o600);
  });

  it('leaves no half file, and replaces none', async () => {
    gateway.serve({
      'person.export': ({ after }) => (after === undefined ? ok({ items: erasures, next: 'x' }) : err(appError('INGEST_STORE_FAILED'))),
    });
    expect((await sluice(['export-person', '--out', out()])).code).toBe(1);
    expect(existsSync(out())).toBe(false);
    writeFileSync(out(), 'mine');
    expect((await sluice(['export-person', '--out', out()])).code).toBe(2);
    expect(readFileSync(out(), 'utf8')).toBe('mine');
  });
});

it('says how long what is kept, and purges', async () => {
  const asked: unknown[] = [];
  gateway.serve({
    'retention.read': () =>
      ok({
        classes: [
          {
            class: 'deadLetters',
            destination: 'hook',
            keptSince: null,
            items: 1200,
            bytes: 5000,
            limit: { ageMs: 2_592_000_000, bytes: 1e9, items: null },
            nextPurgeAt: null,
          },
        ],
      }),
    'retention.purge': (input) => {
      asked.push(input);
      return ok({ items: 12, bytes: 5000 });
    },
  });
  expect((await sluice(['retention'])).out).toMatch(/deadLetters of hook\s+1,200\s+5 kB\s+30 d, 1 GB\s+never/);
  const purge = ['purge', 'deadLetters', '--older-than', '30d', '--destination', 'hook'];
  expect((await sluice([...purge, '--dry-run'])).out).toBe('Would purge 12 (5 kB).\n');
  expect((await sluice([...purge, '--confirm', 'purge', '--reason', 'r'])).out).toBe('Purged 12 (5 kB).\n');
  expect(asked[1]).toMatchObject({ class: 'deadLetters', destination: 'hook', olderThanMs: 2_592_000_000, confirm: 'purge' });
  expect((await sluice(['purge', 'audit', '--older-than', '30d'])).code).toBe(2);
  expect((await sluice(['purge', 'log', '--older-than', 'long'])).code).toBe(2);
});
