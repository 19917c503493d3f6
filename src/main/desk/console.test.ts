import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryPair } from '#contract/channels/memory.ts';
import { deskOperations, deskTopics } from '#contract/desk/operations.ts';
import { operations } from '#contract/operations/index.ts';
import { createPeer } from '#contract/peer.ts';
import { type DeskUnderTest, startDesk } from '#tests/support/desk/desk-under-test.ts';
import { type StandInGateway, startStandInGateway } from '#tests/support/desk/stand-in-gateway.ts';
import { createWindowsLikeBackend } from '#tests/support/keychain/entry-backend.ts';
import { createKeytarStore } from '../keychain/keytar-store.ts';
import type { Question } from './confirm.ts';
import { keyFingerprint } from './seal.ts';

const secretText = 'pat-na1-the-secret';
const where = { environment: 'embedded', destination: 'hubspot' };
const isLive = (id: string) => (state: { environments: readonly { id: string; link: string }[] }) =>
  state.environments.some((environment) => environment.id === id && environment.link === 'live');

const started: { stop?: () => Promise<void>; close?: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const one of started.splice(0)) await (one.stop ?? one.close)?.();
});

async function liveDesk(options: Parameters<typeof startDesk>[0] = {}): Promise<{ desk: DeskUnderTest; gateway: StandInGateway }> {
  const desk = startDesk(options);
  started.push(desk);
  await desk.until(isLive('embedded'));
  return { desk, gateway: await desk.embedded() };
}

async function remoteGateway(options: Parameters<typeof startStandInGateway>[0] = {}): Promise<StandInGateway> {
  const gateway = await startStandInGateway(options);
  started.push(gateway);
  return gateway;
}

describe('a window at the desk', () => {
  it('learns the state at once and each change', async () => {
    const desk = startDesk();
    started.push(desk);
    const links: string[] = [];
    await new Promise<void>((resolve) => {
      desk.window().subscribe(
        deskTopics['desk.changed'],
        {},
        {
          onItems(items) {
            for (const state of items) links.push(state.environments[0]?.link ?? '');
            if (links.at(-1) === 'live') resolve();
          },
        },
      );
    });
    expect(links[0]).not.toBe('live');
    expect(await desk.window().call(deskOperations['desk.state'], {})).toMatchObject({
      ok: true,
      value: { host: 'browser', environments: [{ id: 'embedded', kind: 'embedded', link: 'live', demo: false }] },
    });
  });

  it('finds no demo operation outside the demo', async () => {
    const { desk } = await liveDesk();
    expect(await desk.window().call(deskOperations['demo.killGateway'], {})).toMatchObject({
      ok: false,
      error: { code: 'OPERATION_UNKNOWN' },
    });
  });

  it('may not use an operation that is the desk’s own over its link to the gateway', async () => {
    const { desk } = await liveDesk();
    const [page, main] = createMemoryPair();
    desk.console.open('gateway/embedded', main);
    const peer = createPeer({ channel: page });
    expect(await peer.call(operations['credential.list'], {})).toMatchObject({ ok: true });
    const bind = await peer.call(operations['credential.bind'], { destination: 'hubspot', version: 1, sealed: 'x' });
    expect(bind).toMatchObject({ ok: false, error: { code: 'AUTH_FORBIDDEN' } });
  });
});

describe('a credential', () => {
  it('goes sealed to the gateway and into the keychain, and nowhere else', async () => {
    const backend = createWindowsLikeBackend();
    const { desk, gateway } = await liveDesk({ keychain: createKeytarStore({ load: async () => backend }) });
    const put = await desk.window().call(deskOperations['credential.put'], { ...where, fields: { token: secretText } });
    expect(put).toEqual({ ok: true, value: { version: 1, fingerprint: expect.stringMatching(/^[0-9a-f]{4}$/), stored: 'keychain' } });
    expect(gateway.destinations.get('hubspot')?.held).toMatchObject({
      environment: 'stand-in',
      destination: 'hubspot',
      version: 1,
      origin: 'https://api.vendor.example',
      secret: { token: secretText },
    });
    expect(gateway.received.join('\n')).not.toContain(secretText);
    expect(readFileSync(join(desk.folder, 'desk.json'), 'utf8')).not.toContain(secretText);
    expect([...backend.entries.values()].filter((entry) => entry.includes(secretText))).toHaveLength(1);
  });

  it('is replaced by a new version, and the old one leaves the keychain', async () => {
    const backend = createWindowsLikeBackend();
    const { desk } = await liveDesk({ keychain: createKeytarStore({ load: async () => backend }) });
    const page = desk.window();
    await page.call(deskOperations['credential.put'], { ...where, fields: { token: 'first' } });
    expect(await page.call(deskOperations['credential.put'], { ...where, fields: { token: 'second' } })).toMatchObject({
      ok: true,
      value: { version: 2 },
    });
    expect([...backend.entries.values()].join()).not.toContain('first');
  });

  it('is bound again by itself when the gateway lost it', async () => {
    const { desk, gateway } = await liveDesk();
    await desk.window().call(deskOperations['credential.put'], { ...where, fields: { token: secretText } });
    gateway.restart();
    await desk.until((state) => !isLive('embedded')(state));
    await expect.poll(() => gateway.destinations.get('hubspot')?.held?.secret).toEqual({ token: secretText });
  });

  it('is not bound by itself to another address, but is when an operator says so', async () => {
    const { desk, gateway } = await liveDesk();
    const page = desk.window();
    await page.call(deskOperations['credential.put'], { ...where, fields: { token: secretText } });
    const destination = gateway.destinations.get('hubspot');
    if (!destination) throw new Error('no destination');
    destination.origin = 'https://evil.example';
    await page.call(deskOperations['credential.put'], { ...where, destination: 'meta', fields: { token: 'of meta' } });
    const bindsBefore = gateway.received.filter((frame) => frame.includes('credential.bind')).length;
    gateway.restart();
    await desk.until((state) => !isLive('embedded')(state));
    // They are bound in their order: once the second is, the first was left alone.
    await expect.poll(() => gateway.destinations.get('meta')?.held?.secret).toEqual({ token: 'of meta' });
    expect(gateway.received.filter((frame) => frame.includes('credential.bind'))).toHaveLength(bindsBefore + 1);
    expect(await page.call(deskOperations['credential.rebind'], where)).toEqual({ ok: true, value: { version: 1 } });
    expect(destination.held?.origin).toBe('https://evil.example');
  });

  it('leaves nothing behind when the gateway refuses it', async () => {
    const backend = createWindowsLikeBackend();
    const { desk, gateway } = await liveDesk({ keychain: createKeytarStore({ load: async () => backend }) });
    gateway.refuseBind = 'CREDENTIAL_SEAL_INVALID';
    const put = await desk.window().call(deskOperations['credential.put'], { ...where, fields: { token: secretText } });
    expect(put).toMatchObject({ ok: false, error: { code: 'CREDENTIAL_SEAL_INVALID' } });
    expect([...backend.entries.values()].join()).not.toContain(secretText);
  });

  it('must have the connector’s fields, none of them empty', async () => {
    const { desk } = await liveDesk();
    const page = desk.window();
    for (const [fields, code] of [
      [{}, 'INPUT_INVALID'],
      [{ token: 'a', extra: 'b' }, 'INPUT_INVALID'],
      [{ token: '' }, 'SECRET_EMPTY'],
    ] as const) {
      const put = await page.call(deskOperations['credential.put'], { ...where, fields });
      expect(put).toMatchObject({ ok: false, error: { code } });
    }
    expect(await page.call(deskOperations['credential.put'], { ...where, destination: 'nobody', fields: { token: 'a' } })).toMatchObject({
      error: { code: 'DOCUMENT_NOT_FOUND' },
    });
  });

  it('is kept for this session where there is no keychain, and the state says so', async () => {
    const keychain = createKeytarStore({ load: () => Promise.reject(new Error('Cannot autolaunch D-Bus without X11 $DISPLAY')) });
    const { desk, gateway } = await liveDesk({ keychain });
    const put = await desk.window().call(deskOperations['credential.put'], { ...where, fields: { token: secretText } });
    expect(put).toMatchObject({ ok: true, value: { stored: 'session' } });
    expect(desk.console.state().keychain).toEqual({
      state: 'unavailable',
      backend: 'session',
      detail: 'No session bus (D-Bus) is running here.',
    });
    gateway.restart();
    await desk.until((state) => !isLive('embedded')(state));
    await expect.poll(() => gateway.destinations.get('hubspot')?.held?.secret).toEqual({ token: secretText });
  });

  it('is deleted in both places, and only when the destination is named', async () => {
    const backend = createWindowsLikeBackend();
    const { desk, gateway } = await liveDesk({ keychain: createKeytarStore({ load: async () => backend }) });
    const page = desk.window();
    await page.call(deskOperations['credential.put'], { ...where, fields: { token: secretText } });
    expect(await page.call(deskOperations['credential.delete'], { ...where, confirm: 'hub' })).toMatchObject({
      error: { code: 'CONFIRMATION_REQUIRED' },
    });
    expect(await page.call(deskOperations['credential.delete'], { ...where, confirm: 'hubspot' })).toEqual({
      ok: true,
      value: { deleted: true },
    });
    expect(gateway.destinations.get('hubspot')?.held).toBeNull();
    expect([...backend.entries.values()].join()).not.toContain(secretText);
  });

  it('does not come back after it was deleted while the keychain was locked', async () => {
    const backend = createWindowsLikeBackend();
    const { desk, gateway } = await liveDesk({ keychain: createKeytarStore({ load: async () => backend }) });
    const page = desk.window();
    await page.call(deskOperations['credential.put'], { ...where, fields: { token: secretText } });
    // The keyring takes no deletion for a while.
    const remove = backend.deletePassword;
    backend.deletePassword = () => Promise.reject(new Error('Cannot delete an item in a locked collection'));
    expect(await page.call(deskOperations['credential.delete'], { ...where, confirm: 'hubspot' })).toMatchObject({
      error: { code: 'KEYCHAIN_LOCKED' },
    });
    backend.deletePassword = remove;
    expect(await page.call(deskOperations['credential.rebind'], where)).toMatchObject({ error: { code: 'CREDENTIAL_MISSING' } });
    expect(gateway.destinations.get('hubspot')?.held).toBeNull();
  });
});

describe('a remote environment', () => {
  const addition = (gateway: StandInGateway) =>
    ({ id: 'prod', name: 'Production', kind: 'production', url: gateway.url, token: gateway.token }) as const;

  it('is added with its key confirmed outside the page, and pinned', async () => {
    const gateway = await remoteGateway();
    const questions: Question[] = [];
    const { desk } = await liveDesk({
      confirm: async (question) => {
        questions.push(question);
        return true;
      },
    });
    expect(await desk.window().call(deskOperations['environment.add'], addition(gateway))).toEqual({ ok: true, value: { added: true } });
    expect(questions[0]?.detail).toContain(keyFingerprint(gateway.publicKey));
    await desk.until(isLive('prod'));
    expect(readFileSync(join(desk.folder, 'desk.json'), 'utf8')).not.toContain(gateway.token);
    expect(JSON.stringify(desk.console.state())).not.toContain(gateway.token);
  });

  it('is not added when nobody confirms', async () => {
    const gateway = await remoteGateway();
    const { desk } = await liveDesk({ confirm: async () => false });
    expect(await desk.window().call(deskOperations['environment.add'], addition(gateway))).toMatchObject({
      error: { code: 'CONFIRMATION_DECLINED' },
    });
    expect(desk.console.state().environments).toHaveLength(1);
  });

  it('is refused, with the reason in words, when it shows another key later', async () => {
    const gateway = await remoteGateway();
    const { desk } = await liveDesk();
    await desk.window().call(deskOperations['environment.add'], addition(gateway));
    await desk.until(isLive('prod'));
    gateway.publicKey = Buffer.alloc(32, 7).toString('base64');
    gateway.restart();
    await desk.until((state) => state.environments.some((environment) => environment.id === 'prod' && environment.link === 'refused'));
    expect(desk.console.state().environments[1]?.why).toContain('another key');
    const put = await desk
      .window()
      .call(deskOperations['credential.put'], { ...where, environment: 'prod', fields: { token: secretText } });
    expect(put).toMatchObject({ ok: false, error: { code: 'GATEWAY_OFFLINE' } });
  });

  it.each([
    ['a token that a header cannot carry', { token: 'with spaces in the token' }, 'INPUT_INVALID'],
    ['a plain ws link over a network', { url: 'ws://gateway.example:1' }, 'INPUT_INVALID'],
    ['a password in the URL', { url: 'wss://user:pass@127.0.0.1:1' }, 'INPUT_INVALID'],
    ['a name that is taken', { id: 'embedded' }, 'DOCUMENT_CONFLICT'],
    ['a gateway that does not answer', { url: 'ws://127.0.0.1:9' }, 'GATEWAY_OFFLINE'],
    ['a wrong token', { token: 'not-the-right-token' }, 'AUTH_REQUIRED'],
  ])('is refused with %s', async (_what, change, code) => {
    const gateway = await remoteGateway();
    const { desk } = await liveDesk();
    expect(await desk.window().call(deskOperations['environment.add'], { ...addition(gateway), ...change })).toMatchObject({
      ok: false,
      error: { code },
    });
  });

  it('is remembered over a restart of the console, and removed with its secrets', async () => {
    const gateway = await remoteGateway();
    const backend = createWindowsLikeBackend();
    const keychain = () => createKeytarStore({ load: async () => backend });
    const { desk } = await liveDesk({ keychain: keychain() });
    await desk.window().call(deskOperations['environment.add'], addition(gateway));
    await desk.until(isLive('prod'));
    await desk.window().call(deskOperations['credential.put'], { ...where, environment: 'prod', fields: { token: secretText } });
    await desk.console.stop();

    const again = startDesk({ dataFolder: desk.folder, keychain: keychain() });
    started.unshift(again);
    await again.until(isLive('prod'));
    expect(await again.window().call(deskOperations['environment.remove'], { id: 'prod' })).toEqual({ ok: true, value: { removed: true } });
    const left = [...backend.entries.values()].join();
    expect(left).not.toContain(secretText);
    expect(left).not.toContain(gateway.token);
  });
});

describe('the demo', () => {
  it('dials the vendors, reads their counters and kills the gateway, which comes back', async () => {
    const dialled: unknown[] = [];
    const { desk } = await liveDesk({
      demo: {
        dial: async (input) => {
          dialled.push(input);
          return { ok: true, value: undefined };
        },
        counters: async () => ({ ok: true, value: { vendors: [{ vendor: 'meta', failure: 'hang', requests: 2, stored: 1, unique: 1 }] } }),
      },
    });
    const page = desk.window();
    expect((await page.ready).ok && (await page.ready)).toMatchObject({ value: { capabilities: ['host:browser', 'demo'] } });
    await page.call(deskOperations['demo.dial'], { vendor: 'meta', failure: 'hang' });
    expect(dialled).toEqual([{ vendor: 'meta', failure: 'hang', share: 1 }]);
    expect(await page.call(deskOperations['demo.counters'], {})).toMatchObject({ value: { vendors: [{ vendor: 'meta', stored: 1 }] } });
    expect(await page.call(deskOperations['demo.killGateway'], {})).toEqual({ ok: true, value: { killed: true } });
    await desk.until((state) => !isLive('embedded')(state));
    await desk.until(isLive('embedded'));
  });
});
