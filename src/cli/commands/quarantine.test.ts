import { afterEach, beforeEach, expect, it } from 'vitest';
import { appError } from '#contract/errors.ts';
import { err, ok } from '#contract/result.ts';
import { type FakeGateway, now, runSluice, startFakeGateway, token } from '#tests/support/cli/fake-gateway.ts';

let gateway: FakeGateway;
beforeEach(async () => {
  gateway = await startFakeGateway();
});
afterEach(() => gateway.close());
const sluice = (...args: string[]) => runSluice(['quarantine', ...args], { SLUICE_URL: gateway.url, SLUICE_TOKEN: token });

const totals = { quarantined: 9, held: 2, bytes: 960, released: 4, discarded: 2, expired: 1 };
const violations = [{ path: '/total', message: 'must be number' }];
const facts = {
  source: 'web',
  messageId: 'm-1',
  type: 'track',
  name: 'Order\u001b[2J',
  receivedAt: now,
  bytes: 480,
  plan: 'web',
  revision: 7,
};

it('lists what is held and why, and lets no control character of a name reach the terminal', async () => {
  const asked: unknown[] = [];
  gateway.serve({
    'quarantine.list': (input) => {
      asked.push(input);
      return ok({
        totals,
        groups: [{ source: 'web', event: 'Order', events: 2, oldestAt: now }],
        events: [{ id: 3, ...facts, violations, masked: {} }],
      });
    },
  });
  const { code, out } = await sluice('list', '--source', 'web', '--limit', '5');
  expect(code).toBe(0);
  expect(out).toContain('2 held (960 B), 4 released, 2 discarded, 1 expired.');
  expect(out).toContain('web@7  /total must be number  m-1');
  expect(out).not.toContain('\u001b');
  expect(asked).toEqual([{ source: 'web', by: 'event', afterId: 0, limit: 5 }]);
});

it('releases what was chosen, and says what became of it', async () => {
  const asked: unknown[] = [];
  gateway.serve({
    'quarantine.release': (input) => {
      asked.push(input);
      return ok({ released: 1200, duplicate: 1, kept: 2, failed: 3 });
    },
  });
  const { out } = await sluice('release', '--event', 'Order', '--id', '3', '--id', '4', '--reason', 'fixed');
  expect(out).toBe(
    'Released 1,200.\n1 were in the log already.\n2 still break their plan.\n3 could not be looked at: their source is gone, or the log takes nothing now.\n',
  );
  expect(asked).toEqual([{ event: 'Order', ids: [3, 4], limit: 1000, reason: 'fixed', dryRun: false }]);
  expect((await sluice('release', '--dry-run')).out).toContain('Would release 1,200.');
  expect(await sluice('release', '--id', 'x')).toMatchObject({ code: 2 });
});

it('discards only what the gateway lets go, and names the option that it asks for', async () => {
  gateway.serve({
    'quarantine.discard': ({ confirm }) =>
      confirm === 'discard' ? ok({ discarded: 2 }) : err(appError('CONFIRMATION_REQUIRED', { type: 'discard' })),
  });
  const refused = await sluice('discard', '--reason', 'junk');
  expect(refused).toMatchObject({ code: 1, out: '' });
  expect(refused.err).toContain('--confirm');
  expect(await sluice('discard', '--reason', 'junk', '--confirm', 'discard')).toMatchObject({ code: 0, out: 'Discarded 2.\n' });
});
