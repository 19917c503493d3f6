import { afterEach, beforeEach, expect, it } from 'vitest';
import { appError } from '#contract/errors.ts';
import type { VendorVerdict } from '#contract/operations/verdict.ts';
import { err, ok } from '#contract/result.ts';
import { type FakeGateway, now, runSluice, startFakeGateway, token } from '#tests/support/cli/fake-gateway.ts';

let gateway: FakeGateway;
beforeEach(async () => {
  gateway = await startFakeGateway();
});
afterEach(() => gateway.close());
const sluice = (...args: string[]) => runSluice(['verdict', ...args], { SLUICE_URL: gateway.url, SLUICE_TOKEN: token });

const verdict: VendorVerdict = {
  destination: 'hubspot',
  verdict: 'them',
  since: now - 12 * 60_000,
  line: 'It answers with server errors; its status page reports: Elevated\u001b[2J errors.',
  evidence: [
    { from: 'traffic', says: 'them', text: '0 delivered, 96 server errors.', at: now - 2000 },
    { from: 'neighbours', says: null, text: '3 other vendors answer.', at: null },
  ],
};

it('says whose trouble it is, since when and why, in a line for each destination', async () => {
  gateway.serve({ 'verdict.read': () => ok({ verdicts: [verdict] }) });
  const { code, out } = await sluice();
  expect(code).toBe(0);
  expect(out).toMatch(/^destination +verdict +for +why\nhubspot +them +12 min +It answers with server errors; its status page/);
  expect(out).not.toContain('\u001b');
});

it('adds the evidence where one destination is named', async () => {
  gateway.serve({ 'verdict.read': () => ok({ verdicts: [verdict] }) });
  const { out } = await sluice('hubspot');
  expect(out).toContain('hubspot: them for 12 min, since ');
  expect(out).toMatch(/traffic +them +2 s ago +0 delivered, 96 server errors\.\nneighbours +- +now +3 other vendors answer\./);
});

it('asks the vendor first where that is wanted, and passes on why it cannot', async () => {
  gateway.serve({
    'verdict.probe': ({ destination }) =>
      destination === 'hubspot' ? ok({ ...verdict, line: 'Asked just now.' }) : err(appError('DOCUMENT_NOT_FOUND', { id: destination })),
  });
  expect((await sluice('hubspot', '--now')).out).toContain('Asked just now.');
  expect(await sluice('nobody', '--now')).toMatchObject({ code: 1, out: '' });
});
