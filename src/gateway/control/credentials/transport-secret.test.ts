import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createAuthority } from '#tests/support/tls/certificates.ts';
import { startConnectProxy } from '#tests/support/tls/connect-proxy.ts';
import { createCheckSender } from '../check-sender.ts';
import { parseConfig } from '../config.ts';
import { call, codeOf, createControlRoom, hook, type Sealing, theSecret, unwrap } from '../testing/control-room.ts';

const plain = { dryRun: false };
const authority = createAuthority('Private authority');
const other = createAuthority('Other authority');
const client = authority.issue({ name: 'sluice', hosts: [] });
const endpoints = { others: [{ id: 'eu', url: 'https://eu.example/in', dedupeDomain: 'eu' }] };
const proxy = { url: 'http://proxy.example:3128' };

const closers: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function room(more: Readonly<Record<string, unknown>> = {}) {
  const made = await createControlRoom();
  const put = (changes: Readonly<Record<string, unknown>>) =>
    made.handlers['destination.put']({ ...plain, id: 'hook', value: hook(changes) }, call());
  unwrap(await put(more));
  let version = 0;
  const line = async () => unwrap(await made.handlers['credential.list']({}, call())).credentials[0];
  const bind = async (changes: Partial<Sealing> = {}) => {
    const origin = (await line())?.origin ?? '';
    const sealed = made.seal({ origin, version: ++version, ...changes });
    return made.handlers['credential.bind']({ ...plain, destination: 'hook', version, sealed }, call());
  };
  return { ...made, put, bind, line };
}

describe('what a credential is bound to', () => {
  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['a proxy', { transport: { proxy } }, 'https://hooks.example via http://proxy.example:3128'],
    ['another authority', { transport: { ca: authority.cert } }, 'https://hooks.example trusting CA '],
    ['a further endpoint', { endpoints }, 'https://hooks.example, https://eu.example'],
  ])('includes %s: adding it parks the lane until it is bound again', async (_what, more, said) => {
    const { put, bind, line, vault } = await room();
    unwrap(await bind());
    expect(vault.credentialFor('hook').state).toBe('present');
    unwrap(await put(more));
    expect(vault.credentialFor('hook').state).toBe('origin-changed');
    expect(await line()).toMatchObject({ state: 'origin-changed', origin: expect.stringContaining(said) });
    unwrap(await bind());
    expect(vault.credentialFor('hook').state).toBe('present');
    unwrap(await put({}));
    expect(vault.credentialFor('hook').state).toBe('origin-changed');
  });

  it('is the certificates themselves, however they are written, and every origin once', async () => {
    const ca = authority.cert + other.cert;
    const { put, bind, vault } = await room({ transport: { ca } });
    unwrap(await bind());
    unwrap(await put({ transport: { ca: `\n${other.cert}\r\n${authority.cert.replaceAll('\n', '\r\n')}` } }));
    expect(vault.credentialFor('hook').state).toBe('present');
    unwrap(await put({ transport: { ca: other.cert } }));
    expect(vault.credentialFor('hook').state).toBe('origin-changed');
  });

  it('is not who sealed it for the origin alone', async () => {
    const { bind } = await room({ transport: { proxy } });
    expect(codeOf(await bind({ origin: 'https://hooks.example' }))).toBe('CREDENTIAL_ORIGIN_CHANGED');
  });
});

describe('a client certificate', () => {
  const transport = { clientCertificate: true, proxy: { ...proxy, authenticate: true } };
  const login = { proxyUser: 'ada', proxyPassword: 'pass-at-the-proxy' };
  const whole = { secret: theSecret, clientCertificate: client.cert, clientKey: client.key, ...login };

  it('and the password at the proxy are fields of the credential, and nothing shows them', async () => {
    const { bind, line, vault, store, handlers } = await room({ transport });
    expect((await line())?.fields.map(({ name }) => name)).toEqual([
      'secret',
      'clientCertificate',
      'clientKey',
      'proxyUser',
      'proxyPassword',
    ]);
    expect(codeOf(await bind())).toBe('INPUT_INVALID');
    unwrap(await bind({ secret: whole }));
    expect(vault.credentialFor('hook')).toMatchObject({ state: 'present' });
    const shown = JSON.stringify([
      vault.credentialFor('hook'),
      await line(),
      store.audit(null, 50),
      unwrap(await handlers['document.list']({}, call())),
    ]);
    for (const text of [client.key.split('\n')[1] as string, login.proxyPassword, theSecret]) expect(shown).not.toContain(text);
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['whose key is another’s', { clientKey: other.issue({ name: 'x' }).key }, 'does not belong'],
    ['whose key cannot be read', { clientKey: 'letter by letter' }, 'no key in PEM'],
    ['that is none', { clientCertificate: 'certainly' }, 'no certificate'],
  ])('%s is refused, without a word of it', async (_what, changes, said) => {
    const { bind } = await room({ transport });
    const refused = await bind({ secret: { ...whole, ...changes } });
    expect(codeOf(refused)).toBe('INPUT_INVALID');
    expect(JSON.stringify(refused)).toContain(said);
    for (const text of Object.values(changes)) expect(JSON.stringify(refused)).not.toContain(text);
  });

  it('may come from the environment of the gateway, as the file names it', async () => {
    const { connectors } = await createControlRoom();
    const file = (env: string) => `
destinations:
  - { id: hook, connector: webhook, endpoint: "https://hooks.example", transport: { clientCertificate: true }, credential: { env: ${env} } }`;
    const env = { A: theSecret, B: client.cert, C: client.key };
    const parsed = unwrap(parseConfig(file('{ secret: A, clientCertificate: B, clientKey: C }'), { env, connectors }));
    expect([...(parsed.credentials[0]?.fields.keys() ?? [])]).toEqual(['secret', 'clientCertificate', 'clientKey']);
    const short = parseConfig(file('A'), { env, connectors });
    expect(JSON.stringify(short)).toContain('a variable for each of secret, clientCertificate, clientKey');
  });
});

describe('an address', () => {
  const wrong: readonly [string, Readonly<Record<string, unknown>>, string][] = [
    ['a proxy with a password in it', { transport: { proxy: { url: 'http://ada:pw@proxy.example' } } }, 'value.transport.proxy.url'],
    ['a proxy with a path', { transport: { proxy: { url: 'http://proxy.example/x' } } }, 'value.transport.proxy.url'],
    [
      'an authority that cannot be read',
      { transport: { ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' } },
      'value.transport.ca',
    ],
    [
      'an endpoint with the primary’s id',
      { endpoints: { others: [{ ...endpoints.others[0], id: 'primary' }] } },
      'value.endpoints.others.0.id',
    ],
    [
      'an endpoint that is there already',
      { endpoints: { others: [{ ...endpoints.others[0], url: 'https://hooks.example/in/' }] } },
      'value.endpoints.others.0.url',
    ],
    [
      'an endpoint with a secret in its query',
      { endpoints: { others: [{ ...endpoints.others[0], url: 'https://eu.example/?key=1' }] } },
      'value.endpoints.others.0.url',
    ],
    ['load spread over two dedupe domains', { endpoints: { ...endpoints, mode: 'spread' } }, 'value.endpoints.others.0.dedupeDomain'],
  ];

  it.each(wrong)('is refused with %s, by command and in the file', async (_what, more, path) => {
    const { put, connectors } = await room();
    const refused = await put(more);
    expect(codeOf(refused)).toBe('SETTINGS_INVALID');
    expect(JSON.stringify(refused)).toContain(path);
    const entry = { id: 'hook', connector: 'webhook', endpoint: 'https://hooks.example/in', ...more };
    const parsed = parseConfig(JSON.stringify({ destinations: [entry] }), { env: {}, connectors });
    expect(JSON.stringify(parsed)).toContain(path.replace('value.', 'destinations[0].').replace('.0.', '[0].'));
  });

  it('never takes a private key for an authority', async () => {
    const { connectors } = await createControlRoom();
    const entry = {
      id: 'hook',
      connector: 'webhook',
      endpoint: 'https://hooks.example',
      transport: { ca: authority.cert + authority.key },
    };
    const parsed = parseConfig(JSON.stringify({ destinations: [entry] }), { env: {}, connectors });
    expect(JSON.stringify(parsed)).toContain('must be certificates in PEM, and nothing else');
    expect(JSON.stringify(parsed)).not.toContain(authority.key.split('\n')[1]);
  });
});

describe('checking a credential', () => {
  it('takes the same way as deliveries: through the proxy', async () => {
    const server = createServer((_, response) => void response.end('{}')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const connectProxy = await startConnectProxy({ login: 'ada:pw' });
    const sender = createCheckSender();
    closers.push(sender.close, connectProxy.close, () => server.close());
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const made = await createControlRoom({ send: sender.send });
    const value = hook({
      connector: 'mixpanel',
      settings: { projectId: '1234' },
      endpoint,
      transport: { proxy: { url: connectProxy.url, authenticate: true } },
    });
    unwrap(await made.handlers['destination.put']({ ...plain, id: 'hook', value }, call()));
    const secret = { username: 'account', secret: theSecret, proxyUser: 'ada', proxyPassword: 'pw' };
    const sealed = made.seal({ origin: `${endpoint} via ${connectProxy.url}`, secret });
    unwrap(await made.handlers['credential.bind']({ ...plain, destination: 'hook', version: 1, sealed }, call()));
    const checked = unwrap(await made.handlers['credential.check']({ destination: 'hook' }, call()));
    expect(checked).toMatchObject({ verdict: 'works' });
    expect(connectProxy.asked).toEqual([new URL(endpoint).host]);
  });
});
