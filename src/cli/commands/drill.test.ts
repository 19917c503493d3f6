import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Drill } from '#contract/documents/drill.ts';
import { appError } from '#contract/errors.ts';
import { err, ok } from '#contract/result.ts';
import { type FakeGateway, now, runSluice, startFakeGateway, token } from '#tests/support/cli/fake-gateway.ts';

let gateway: FakeGateway;
beforeEach(async () => {
  gateway = await startFakeGateway();
});
afterEach(() => gateway.close());
const sluice = (...args: string[]) => runSluice(['drill', ...args], { SLUICE_URL: gateway.url, SLUICE_TOKEN: token });

const over: Drill = {
  kind: 'slow-vendor',
  destination: 'hook',
  touches: ['hook'],
  phase: 'done',
  outcome: 'passed',
  startedAt: now,
  brokenAt: now,
  detectedAt: now + 2000,
  detectedBy: 'hook: the breaker opened',
  liftedAt: now + 10_000,
  recoveredAt: now + 14_500,
  endedAt: now + 14_500,
  note: '',
};

function serve(drill: Drill): void {
  gateway.serve({
    'drill.start': ({ kind, destination }) =>
      destination === 'elsewhere'
        ? err(appError('DRILL_FORBIDDEN', { destination }))
        : ok({ id: `${kind}-1`, revision: 1, touches: ['hook'], longestMs: 60_000 }),
    'drill.list': () => ok({ kinds: [], destinations: ['hook'], running: null, drills: [{ id: 'slow-vendor-1', by: 'ana', drill }] }),
  });
}

it('follows the drill to its end and tells how long it took to notice and to recover', async () => {
  serve(over);
  const { code, out, err: said } = await sluice('slow-vendor', '--destination', 'hook');
  expect(code).toBe(0);
  expect(said).toBe('slow-vendor-1: breaking hook for at most 1 min\nnoticed by: hook: the breaker opened\nput right; recovering\n');
  expect(out).toBe('slow-vendor: passed\ntime to detect:  2 s (hook: the breaker opened)\ntime to recover: 4.5 s\n');
});

it('exits with 1 where nobody would have noticed, and prints the same as JSON', async () => {
  serve({ ...over, outcome: 'undetected', detectedAt: null, detectedBy: '' });
  const { code, out } = await sluice('slow-vendor', '--destination', 'hook');
  expect(code).toBe(1);
  expect(out).toContain('time to detect:  not noticed');
  const asJson = await runSluice(['--json', 'drill', 'slow-vendor', '--destination', 'hook'], {
    SLUICE_URL: gateway.url,
    SLUICE_TOKEN: token,
  });
  expect(JSON.parse(asJson.out)).toMatchObject({
    id: 'slow-vendor-1',
    toDetectMs: null,
    toRecoverMs: 4500,
    drill: { outcome: 'undetected' },
  });
});

it('only says what it would touch with --dry-run, and passes on why it may not', async () => {
  serve(over);
  expect(await sluice('slow-vendor', '--destination', 'hook', '--dry-run')).toMatchObject({
    code: 0,
    out: 'Would break hook for at most 1 min.\n',
  });
  const refused = await sluice('slow-vendor', '--destination', 'elsewhere');
  expect(refused).toMatchObject({ code: 1, out: '' });
  expect(refused.err).toContain('DRILL_FORBIDDEN');
});

it('lists what there is, and knows when a kind does not exist', async () => {
  serve(over);
  expect((await sluice('list')).out).toMatch(/slow-vendor-1 +passed +2 s +4\.5 s/);
  expect(await sluice('earthquake')).toMatchObject({ code: 2 });
});
