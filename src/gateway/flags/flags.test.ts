import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OFREPProvider } from '@openfeature/ofrep-provider';
import { OpenFeature } from '@openfeature/server-sdk';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { flagSchema } from '#contract/documents/flag.ts';
import { compileFlags, type FlagSet } from './flag-set.ts';
import { createOfrep, type Ofrep } from './ofrep.ts';

const boolean = { variants: { on: true, off: false } };
const flag = (id: string, value: object, revision = 1) => ({
  id,
  revision,
  value: flagSchema.parse({ ...boolean, defaultVariant: 'off', ...value }),
});
const half = { fractional: [{ cat: [{ var: '$flagd.flagKey' }, { var: 'targetingKey' }] }, ['on', 50], ['off', 50]] };

describe('the flags in force', () => {
  it('come to what targeting says, and to the default where it says nothing', () => {
    const set = compileFlags([flag('beta', { targeting: { if: [{ ends_with: [{ var: 'email' }, '@sluice.test'] }, 'on', null] } })]);
    expect(set.evaluate('beta', { email: 'ada@sluice.test' })).toMatchObject({ value: true, variant: 'on', reason: 'TARGETING_MATCH' });
    expect(set.evaluate('beta', { email: 'eve@elsewhere.test' })).toMatchObject({ value: false, variant: 'off', reason: 'DEFAULT' });
    expect(set.evaluate('gone', {})).toMatchObject({ errorCode: 'FLAG_NOT_FOUND' });
  });

  it('split people by a stable hash: the same person always gets the same, and about half get each', () => {
    const set = compileFlags([flag('split', { targeting: half })]);
    const of = (targetingKey: string) => set.evaluate('split', { targetingKey });
    fc.assert(
      fc.property(fc.uuid(), (person) => {
        expect(of(person)).toEqual(of(person));
      }),
    );
    const on = Array.from({ length: 2000 }, (_, index) => of(`user-${index}`)).filter((each) => 'value' in each && each.value === true);
    expect(on.length).toBeGreaterThan(850);
    expect(on.length).toBeLessThan(1150);
  });

  it('have another version after each change, and the same for the same flags', () => {
    const version = (...flags: Parameters<typeof compileFlags>[0]) => compileFlags(flags).version;
    expect(version(flag('a', {}))).toBe(version(flag('a', {})));
    expect(version(flag('a', {}, 2))).not.toBe(version(flag('a', {}, 1)));
    expect(version(flag('a', {}), flag('b', {}))).not.toBe(version(flag('a', {})));
  });

  it('leave a disabled one to the app', () => {
    expect(compileFlags([flag('off', { state: 'DISABLED' })]).evaluate('off', {})).toMatchObject({ errorCode: 'FLAG_NOT_FOUND' });
  });
});

describe('OFREP', () => {
  let set: FlagSet;
  let changed: () => void;
  let ofrep: Ofrep;
  let url: string;
  let stop: () => Promise<void>;

  beforeEach(async () => {
    set = compileFlags([flag('checkout', { defaultVariant: 'on' }), flag('inner', { exposed: false })]);
    ofrep = createOfrep({
      flags: () => set,
      sourceOf: (key) => (key === 'web-key' ? 'web' : null),
      watch(listener) {
        changed = listener;
        return () => {};
      },
    });
    const server = createServer((request, response) => void (ofrep.handle(request, response) || response.writeHead(404).end()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    stop = () => {
      ofrep.close();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    };
  });
  afterEach(() => stop());

  const ask = (path: string, body: unknown = {}, headers: Record<string, string> = {}) =>
    fetch(`${url}/ofrep/v1/${path}`, { method: 'POST', body: JSON.stringify(body), headers: { 'x-api-key': 'web-key', ...headers } });

  it('serves the official provider for servers, which follows a change', async () => {
    const provider = new OFREPProvider({ baseUrl: url, headers: { authorization: 'Bearer web-key' } });
    await OpenFeature.setProviderAndWait('ours', provider);
    const client = OpenFeature.getClient('ours');
    expect(await client.getBooleanDetails('checkout', false, { targetingKey: 'ada' })).toMatchObject({ value: true, variant: 'on' });
    expect(await client.getBooleanDetails('gone', true)).toMatchObject({ value: true, errorCode: 'FLAG_NOT_FOUND' });
    set = compileFlags([flag('checkout', {}, 2)]);
    expect(await client.getBooleanValue('checkout', true, { targetingKey: 'ada' })).toBe(false);
    await OpenFeature.clearProviders();
  });

  it('answers all at once, with 304 until a flag or the person changes', async () => {
    const first = await ask('evaluate/flags', { context: { targetingKey: 'ada' } });
    const etag = first.headers.get('etag') ?? '';
    expect(await first.json()).toMatchObject({ flags: [{ key: 'checkout', value: true }], eventStreams: [{ type: 'sse' }] });
    const again = (targetingKey: string) => ask('evaluate/flags', { context: { targetingKey } }, { 'if-none-match': etag });
    expect((await again('ada')).status).toBe(304);
    expect((await again('eve')).status).toBe(200);
    set = compileFlags([flag('checkout', {}, 2)]);
    expect((await again('ada')).status).toBe(200);
  });

  const listen = async (headers: Record<string, string> = {}) => {
    const stream = await fetch(`${url}/ofrep/v1/events?key=web-key`, { headers });
    return stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  };

  it('tells a new stream to ask again, and one that comes back only where it missed a change', async () => {
    const fresh = await listen();
    let heard = '';
    while (!heard.includes('refetchEvaluation')) heard += (await fresh?.read())?.value;
    expect(heard).toContain(`id: ${set.version}`);
    const back = await listen({ 'last-event-id': set.version });
    expect((await back?.read())?.value).toBe('retry: 1000\n\n');
    set = compileFlags([flag('checkout', {}, 2)]);
    const late = await listen({ 'last-event-id': 'an older one' });
    heard = '';
    while (!heard.includes('refetchEvaluation')) heard += (await late?.read())?.value;
    for (const reader of [fresh, back, late]) await reader?.cancel();
  });

  it('tells an open stream that something changed', async () => {
    const reader = await listen({ 'last-event-id': set.version });
    expect((await reader?.read())?.value).toContain('retry');
    set = compileFlags([flag('checkout', {}, 2)]);
    changed();
    expect((await reader?.read())?.value).toContain(`{"type":"refetchEvaluation","etag":"${set.version}"}`);
    await reader?.cancel();
  });

  it('turns away whom it does not know, what is no context, and what apps may not see', async () => {
    expect((await ask('evaluate/flags', {}, { 'x-api-key': 'other' })).status).toBe(401);
    expect(await (await ask('evaluate/flags/checkout', { context: 'ada' })).json()).toMatchObject({ errorCode: 'INVALID_CONTEXT' });
    expect((await ask('evaluate/flags/inner')).status).toBe(404);
    expect((await ask('evaluate/flags/gone')).status).toBe(404);
    expect((await ask('evaluate/flags', { context: { filler: 'x'.repeat(70_000) } })).status).toBe(413);
  });
});
