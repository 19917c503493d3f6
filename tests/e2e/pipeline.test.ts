import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BenchGateway, startGateway } from '#tests/support/bench/gateway.ts';
import { type ControlClient, connectControl } from '#tests/support/gateway/control-client.ts';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly data: {
    readonly messageId: string;
    readonly userId: string | null;
    readonly properties: Record<string, unknown>;
    readonly context: unknown;
  };
}

let vendor: Server;
let gateway: BenchGateway;
let control: ControlClient;
let data: string;
const received: Received[] = [];
const of = (messageId: string) => received.filter(({ data }) => data.messageId === messageId);
const scope = { type: 'destination', destination: 'hook' } as const;

beforeAll(async () => {
  vendor = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      received.push({ headers: request.headers, text, data: JSON.parse(text).data });
      response.end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(vendor, 'listening');
  data = await mkdtemp(join(tmpdir(), 'sluice-pipeline-'));
  gateway = await start(join(data, 'data'));
  control = connectControl(gateway.controlUrl, gateway.token);
});

function start(dataFolder: string): Promise<BenchGateway> {
  return startGateway({
    dataFolder,
    config: {
      sources: [{ id: 'web', writeKey: 'pipeline-key' }],
      destinations: [
        {
          id: 'hook',
          connector: 'webhook',
          endpoint: `http://127.0.0.1:${(vendor.address() as AddressInfo).port}/in`,
          credential: { env: 'HOOK' },
        },
      ],
    },
    env: { HOOK: `whsec_${Buffer.from('pipeline test signing key').toString('base64')}` },
  });
}
afterAll(async () => {
  await control[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  vendor.closeAllConnections();
  vendor.close();
  await rm(data, { recursive: true, force: true });
});

async function send(messageId: string, more: object = {}, headers: Record<string, string> = {}) {
  const answer = await fetch(`${gateway.ingestUrl}/v1/track`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('pipeline-key:').toString('base64')}`, ...headers },
    body: JSON.stringify({ messageId, event: 'Order', userId: 'ana', properties: { total: 5 }, ...more }),
  });
  return { status: answer.status, json: await answer.json() };
}
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}
async function states() {
  const ledger = await gateway.ledger();
  expect(ledger.ledgers.flatMap(({ violations }) => violations)).toEqual([]);
  return ledger.ledgers[0]?.states;
}
const settled = () => until(async () => ((await states())?.waiting ?? 1) === 0);
const plan = (type: string) => ({
  name: 'Web',
  mode: 'quarantine' as const,
  events: { Order: { schema: { properties: { total: { type } } } } },
});

it('keeps an event that breaks the plan apart, shows it masked, and delivers it once after the plan is fixed', async () => {
  await control.call('plan.put', { id: 'web', value: plan('string') });
  expect(await send('q-1')).toMatchObject({ status: 200, json: { quarantined: 1 } });
  const list = await control.call('quarantine.list', {});
  expect(list).toMatchObject({
    totals: { quarantined: 1, held: 1 },
    groups: [{ source: 'web', event: 'Order', events: 1 }],
    events: [
      {
        messageId: 'q-1',
        plan: 'web',
        revision: 1,
        violations: [{ path: '/total', message: 'must be string' }],
        masked: { event: 'Order', userId: 'text(3)', properties: { total: 'integer' } },
      },
    ],
  });
  expect(await control.call('plan.violations', {})).toMatchObject({
    violations: [{ plan: 'web', revision: 1, event: 'Order', events: 1 }],
  });
  expect(await control.call('quarantine.release', {})).toEqual({ released: 0, duplicate: 0, kept: 1, failed: 0 });

  await control.call('plan.put', { id: 'web', value: plan('number') });
  expect(await control.call('quarantine.release', { dryRun: true })).toMatchObject({ released: 1 });
  expect(await control.call('quarantine.release', {})).toEqual({ released: 1, duplicate: 0, kept: 0, failed: 0 });
  await until(() => of('q-1').length > 0);
  expect(await send('q-1')).toMatchObject({ status: 200, json: { success: true } });
  await settled();
  expect(of('q-1')).toHaveLength(1);
  const where = await control.call('event.where', { messageId: 'q-1' });
  expect(where.events[0]).toMatchObject({ receivedAt: list.events[0]?.receivedAt, provenance: { schema: 'web@2' } });
  const { sources } = await control.call('ledger.read', {});
  expect(sources[0]).toMatchObject({ received: 3, accepted: 1, duplicate: 1, quarantined: 1, balanced: true });
});

it('discards only with the word typed and a reason, and answers what it did in the audit', async () => {
  await control.call('plan.put', { id: 'web', value: plan('string') });
  await send('q-2');
  await expect(control.call('quarantine.discard', { confirm: 'discard' })).rejects.toThrow('REASON_REQUIRED');
  await expect(control.call('quarantine.discard', { reason: 'junk' })).rejects.toThrow('CONFIRMATION_REQUIRED');
  expect(await control.call('quarantine.discard', { dryRun: true })).toEqual({ discarded: 1 });
  expect(await control.call('quarantine.discard', { reason: 'junk', confirm: 'discard' })).toEqual({ discarded: 1 });
  const { entries } = await control.call('audit.list', { limit: 1 });
  expect(entries[0]).toMatchObject({ action: 'quarantine.discarded', reason: 'discarded 1' });
  await control.call('document.revert', { kind: 'plan', id: 'web', toRevision: 2 });
  expect((await send('after-revert')).json).toEqual({ success: true });
});

it('keeps quarantine, consent and suppression over a SIGKILL', async () => {
  await control.call('plan.put', { id: 'web', value: plan('string') });
  await send('k-1');
  await control.call('consent.set', { person: 'kim', categories: { ads: false } });
  await gateway.server.stop('SIGKILL');
  await control[Symbol.asyncDispose]();
  const former = gateway;
  gateway = await start(former.dataFolder);
  await former[Symbol.asyncDispose]();
  control = connectControl(gateway.controlUrl, gateway.token);
  expect((await control.call('quarantine.list', {})).events).toMatchObject([{ messageId: 'k-1' }]);
  expect(await control.call('consent.read', { person: 'kim' })).toMatchObject({ categories: { ads: { granted: false } } });
  await control.call('document.revert', { kind: 'plan', id: 'web', toRevision: 2 });
  expect(await control.call('quarantine.release', {})).toMatchObject({ released: 1 });
  await until(() => of('k-1').length === 1);
});

it('refuses plans and rules that cannot work, and names what is wrong', async () => {
  const broken = { name: 'X', events: { Order: { schema: { type: 'nmber' } } }, sources: ['nowhere'] };
  await expect(control.call('plan.put', { id: 'x', value: broken })).rejects.toThrow(/events\.Order\.schema.*sources\.0/);
  await expect(control.call('plan.put', { id: 'x', value: { name: 'X' } })).rejects.toThrow(
    'the plan web is for all other sources already',
  );
  const rules = [{ id: 'a', match: { by: 'path' as const, path: '$.messageId' }, action: 'drop' as const }];
  await expect(control.call('redaction.put', { id: 'x', value: { name: 'X', rules } })).rejects.toThrow('value.rules.0.match.path');
  await expect(control.call('redaction.test', { value: { name: 'X', rules }, event: {} })).rejects.toThrow('value.rules.0.match.path');
  await expect(control.call('consent.put', { id: 'nowhere', value: { categories: ['ads'] } })).rejects.toThrow('DOCUMENT_NOT_FOUND');
});

it('writes nothing to any file that a redaction rule forbids', async () => {
  const rules = [
    { id: 'mail', match: { by: 'pattern' as const, pattern: 'email' as const }, action: 'mask' as const },
    { id: 'phone', match: { by: 'path' as const, path: '$.properties.phone' }, action: 'hash' as const },
  ];
  await control.call('redaction.put', { id: 'pii', value: { name: 'PII', rules } });
  const properties = { total: 5, note: 'for hidden.person@shop.example', phone: '+34 699 123 987' };
  expect(await control.call('redaction.test', { source: 'web', event: { properties } })).toMatchObject({
    event: { properties: { total: 5, note: 'for ***' } },
    rules: ['pii/mail', 'pii/phone'],
  });
  await send('r-1', { properties });
  await control.call('plan.put', { id: 'web', value: plan('string') });
  await send('r-2', { properties });
  await until(() => of('r-1').length > 0);
  expect(of('r-1')[0]?.text).not.toMatch(/hidden|699/);
  const files = readdirSync(gateway.dataFolder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(4);
  const leaking = files.filter((entry) => /hidden\.person|699 123/.test(readFileSync(join(entry.parentPath, entry.name), 'latin1')));
  expect(leaking.map(({ name }) => name)).toEqual([]);
  // What the rules left is there in the clear, so the search would have found more.
  expect(files.some((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1').includes('for ***'))).toBe(true);
  await control.call('plan.remove', { id: 'web', reason: 'end of test', confirm: 'web' });
  await control.call('redaction.remove', { id: 'pii', reason: 'end of test', confirm: 'pii' });
  const where = await control.call('event.where', { messageId: 'r-1' });
  expect(where.events[0]?.provenance).toEqual({ schema: 'web@6', rules: ['pii/mail', 'pii/phone'] });
});

it('sends only with consent, and what waited while parked not any more once it is withdrawn', async () => {
  await control.call('consent.put', { id: 'hook', value: { categories: ['ads'] } });
  const before = (await states())?.suppressed ?? 0;
  await send('c-none');
  await settled();
  expect((await states())?.suppressed).toBe(before + 1);

  const { person } = await control.call('consent.set', { person: 'ana', categories: { ads: true } });
  expect(person).toMatch(/^h_.{22}$/);
  await send('c-granted');
  await until(() => of('c-granted').length === 1);

  await control.call('switch.set', { scope, mode: 'park' });
  await send('c-parked');
  await send('c-own', { userId: 'ben', context: { consent: { categoryPreferences: { ads: true } } } });
  await control.call('consent.set', { person: 'ana', categories: { ads: false } });
  expect(await control.call('consent.read', { person: 'ana' })).toMatchObject({
    categories: { ads: { granted: false } },
    destinations: [{ destination: 'hook', isAllowed: false }],
  });
  // Another of Ben's events says no: it is learned at once, and holds for the one that waits.
  await send('c-later', { userId: 'ben', context: { consent: { categoryPreferences: { ads: false } } } });
  await control.call('switch.set', { scope, mode: 'flow', backlog: { choice: 'drain' }, reason: 'test' });
  await settled();
  expect((await states())?.suppressed).toBe(before + 4);
  expect(['c-none', 'c-parked', 'c-own', 'c-later'].flatMap(of)).toEqual([]);
  await expect(control.call('consent.remove', { id: 'hook', reason: 'test' })).rejects.toThrow('CONFIRMATION_REQUIRED');
  await control.call('consent.remove', { id: 'hook', reason: 'test', confirm: 'hook' });
});

it('sends nothing of a suppressed person, keeps nothing of them, and audits no id', async () => {
  await control.call('suppression.add', { people: ['vera@shop.example'], kind: 'deletion' });
  await send('s-1', { userId: 'vera@shop.example', properties: { note: 'unforgettable-detail' } });
  await send('s-2', { userId: 'somebody else' });
  await until(() => of('s-2').length === 1);
  await settled();
  expect(of('s-1')).toEqual([]);
  const where = await control.call('event.where', { messageId: 's-1' });
  expect(where.events[0]?.provenance).toEqual({ suppressed: 'deletion' });
  expect(await control.call('suppression.list', {})).toMatchObject({ total: 1, people: [{ kind: 'deletion' }] });
  const { entries } = await control.call('audit.list', {});
  expect(JSON.stringify(entries)).not.toContain('vera');
  const files = readdirSync(gateway.dataFolder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const holding = files.filter((entry) => /unforgettable|vera@/.test(readFileSync(join(entry.parentPath, entry.name), 'latin1')));
  expect(holding.map(({ name }) => name)).toEqual([]);
  expect(await control.call('suppression.remove', { person: 'vera@shop.example', reason: 'asked for it' })).toEqual({ removed: 1 });
  await send('s-3', { userId: 'vera@shop.example' });
  await until(() => of('s-3').length === 1);
});

it('gives a destination only the fields on its list', async () => {
  const { documents } = await control.call('document.list', { kind: 'destination' });
  const value = documents[0]?.value as never;
  await expect(
    control.call('destination.put', { id: 'hook', value: { ...(value as object), fields: ['$.properties..a'] } as never }),
  ).rejects.toThrow('must be a path');
  await control.call('destination.put', { id: 'hook', value: { ...(value as object), fields: ['$.properties.total'] } as never });
  await send('f-1', { properties: { total: 7, secret: 'x' }, context: { ip: '1.2.3.4' } });
  await until(() => of('f-1').length === 1);
  expect(of('f-1')[0]?.data).toMatchObject({ userId: 'ana', properties: { total: 7 }, context: {} });
  expect(of('f-1')[0]?.text).not.toContain('secret');
});

it('hands a trace on from the app to the vendor', async () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  await send('t-1', {}, { traceparent });
  await send('t-2');
  await until(() => of('t-1').length === 1 && of('t-2').length === 1);
  const sent = of('t-1')[0]?.headers.traceparent;
  expect(sent).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01$/);
  expect(sent).not.toBe(traceparent);
  expect(of('t-2')[0]?.headers.traceparent).toBeUndefined();
  expect((await control.call('event.where', { messageId: 't-1' })).events[0]?.provenance?.trace).toBe(traceparent);
});
