import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { secret } from '#contract/secret.ts';
import { openGatewayKey } from './credentials/gateway-key.ts';
import { openSqliteStore } from './sqlite-store.ts';
import {
  call,
  codeOf,
  createControlRoom,
  hook,
  type RoomOptions,
  type Sealing,
  sealText,
  theSecret,
  unwrap,
} from './testing/control-room.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-vault-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const plain = { dryRun: false };

async function roomWithHook(options: RoomOptions = {}) {
  const room = await createControlRoom(options);
  await room.handlers['destination.put']({ ...plain, id: 'hook', value: hook() }, call());
  const bind = (changes: Partial<Sealing> = {}, context = call()) =>
    room.handlers['credential.bind']({ ...plain, destination: 'hook', version: changes.version ?? 1, sealed: room.seal(changes) }, context);
  const put = (more: Readonly<Record<string, unknown>>) =>
    room.handlers['destination.put']({ ...plain, id: 'hook', value: hook(more) }, call());
  const line = async () => unwrap(await room.handlers['credential.list']({}, call())).credentials[0];
  return { ...room, bind, put, line };
}

describe('a credential', () => {
  it('is missing until it is bound, then opened for the lane, and gone when it is removed', async () => {
    const { vault, handlers, bind, line, clock } = await roomWithHook();
    expect(vault.credentialFor('hook').state).toBe('missing');
    expect(await line()).toMatchObject({ state: 'missing', version: null, origin: 'https://hooks.example', fields: [{ name: 'secret' }] });
    const { revision, fingerprint } = unwrap(await bind());
    expect(revision).toBe(1);
    expect(vault.credentialFor('hook')).toMatchObject({ state: 'present', values: { secret: theSecret }, revision: 1 });
    expect(await line()).toMatchObject({ state: 'present', version: 1, fingerprint, from: 'desk', boundAt: clock.now });
    expect(codeOf(await handlers['credential.remove']({ ...plain, destination: 'hook' }, call()))).toBe('REASON_REQUIRED');
    expect(codeOf(await handlers['credential.remove']({ ...plain, destination: 'hook', reason: 'leaked' }, call()))).toBe('ok');
    expect(vault.credentialFor('hook').state).toBe('missing');
    expect(await line()).toMatchObject({ state: 'missing', version: 1, fingerprint: null, from: null, boundAt: null });
  });

  it.each<[string, Partial<Sealing>, string, string]>([
    ['for another environment', { environment: 'production' }, 'CREDENTIAL_SEAL_INVALID', 'environment'],
    ['for another destination', { destination: 'other' }, 'CREDENTIAL_SEAL_INVALID', 'destination'],
    ['for another address', { origin: 'https://evil.example' }, 'CREDENTIAL_ORIGIN_CHANGED', 'https://evil.example'],
    ['that has expired', { expiresAt: 1_750_000_000_000 }, 'CREDENTIAL_SEAL_INVALID', 'expired'],
    ['that lives for a year', { expiresAt: 1_781_536_000_000 }, 'CREDENTIAL_SEAL_INVALID', 'too far'],
    ['that is empty', { secret: { secret: '  ' } }, 'SECRET_EMPTY', 'secret'],
    ['that is too long', { secret: { secret: 'x'.repeat(32_769) } }, 'SECRET_TOO_LONG', '32769'],
    ['with fields the connector lacks', { secret: { secret: 'abc', extra: 'b' } }, 'INPUT_INVALID', '1 field(s)'],
    ['without the field the connector wants', { secret: {} }, 'INPUT_INVALID', 'secret.secret'],
    ['with a nonce too short to be one', { nonce: 'abc' }, 'CREDENTIAL_SEAL_INVALID', 'expects'],
  ])('is refused when it was sealed %s', async (_what, changes, code, said) => {
    const { vault, bind, store } = await roomWithHook();
    const result = await bind(changes);
    expect(codeOf(result)).toBe(code);
    expect(JSON.stringify(result)).toContain(said);
    expect(JSON.stringify(result)).not.toContain(theSecret);
    expect(vault.credentialFor('hook').state).toBe('missing');
    expect(store.audit(null, 1)[0]).toMatchObject({ action: 'credential.bind', outcome: code });
  });

  it('is refused when it was sealed as another version, to another key, or not at all', async () => {
    const room = await roomWithHook();
    const other = await createControlRoom();
    const bindRaw = (sealed: string, version = 1) =>
      room.handlers['credential.bind']({ ...plain, destination: 'hook', version, sealed }, call());
    expect(codeOf(await bindRaw(room.seal({ version: 2 })))).toBe('CREDENTIAL_SEAL_INVALID');
    expect(codeOf(await bindRaw(room.seal({}, other.key.publicKey)))).toBe('CREDENTIAL_SEAL_INVALID');
    expect(codeOf(await bindRaw('AAAA'))).toBe('CREDENTIAL_SEAL_INVALID');
    expect(codeOf(await bindRaw('this is no base64!'))).toBe('CREDENTIAL_SEAL_INVALID');
    const noJson = await bindRaw(sealText(`{"secret": ${theSecret}`, room.key.publicKey));
    expect(codeOf(noJson)).toBe('CREDENTIAL_SEAL_INVALID');
    expect(JSON.stringify(noJson)).not.toContain(theSecret.slice(0, 8));
  });

  it('is taken once: the same sealed text does nothing the second time, even after the credential was removed', async () => {
    const room = await roomWithHook();
    const input = { ...plain, destination: 'hook', version: 1, sealed: room.seal() };
    const context = call();
    const first = await room.handlers['credential.bind'](input, context);
    expect(await room.handlers['credential.bind'](input, context)).toEqual(first);
    expect(codeOf(await room.handlers['credential.bind'](input, call()))).toBe('CREDENTIAL_SEAL_INVALID');
    await room.handlers['credential.remove']({ ...plain, destination: 'hook', reason: 'leaked' }, call());
    expect(codeOf(await room.handlers['credential.bind']({ ...input, sealed: room.seal() }, call()))).toBe('DOCUMENT_CONFLICT');
    expect(codeOf(await room.bind({ version: 2 }))).toBe('ok');
  });

  it('only goes forward in versions; the same version only for the same secret', async () => {
    const { vault, bind } = await roomWithHook();
    await bind({ version: 3 });
    expect(await bind({ version: 2, secret: { secret: 'older' } })).toMatchObject({
      ok: false,
      error: { code: 'DOCUMENT_CONFLICT', details: { version: 3 } },
    });
    expect(codeOf(await bind({ version: 3, secret: { secret: 'other' } }))).toBe('DOCUMENT_CONFLICT');
    expect(codeOf(await bind({ version: 3 }))).toBe('ok');
    expect(codeOf(await bind({ version: 4, secret: { secret: 'newer' } }))).toBe('ok');
    expect(vault.credentialFor('hook')).toMatchObject({ values: { secret: 'newer' } });
  });

  it('is looked at but not taken in a dry run', async () => {
    const { handlers, seal, vault } = await roomWithHook();
    const input = { destination: 'hook', version: 1, sealed: seal() };
    expect(unwrap(await handlers['credential.bind']({ ...input, dryRun: true }, call()))).toMatchObject({ revision: 1 });
    expect(vault.credentialFor('hook').state).toBe('missing');
    expect(codeOf(await handlers['credential.bind']({ ...input, dryRun: false }, call()))).toBe('ok');
  });

  it('waits for somebody to bind it again when the address or the connector changes, and comes back with the old address', async () => {
    const { vault, put, bind } = await roomWithHook();
    await bind();
    await put({ endpoint: 'https://evil.example/in' });
    expect(vault.credentialFor('hook').state).toBe('origin-changed');
    await put({ endpoint: 'http://hooks.example/in' });
    expect(vault.credentialFor('hook').state).toBe('origin-changed');
    await put({ endpoint: 'https://hooks.example/another/path' });
    expect(vault.credentialFor('hook').state).toBe('present');
    await put({ connector: 'meta', settings: { datasetId: '1234567890' }, endpoint: 'https://hooks.example/in' });
    expect(vault.credentialFor('hook').state).toBe('origin-changed');
    await put({ endpoint: 'https://new.example' });
    expect(codeOf(await bind({ origin: 'https://new.example' }))).toBe('ok');
    expect(vault.credentialFor('hook').state).toBe('present');
  });

  it('that the vendor refused stays so until a new one, whatever late answers say', async () => {
    const { vault, bind, line } = await roomWithHook();
    await bind();
    vault.markRefused('hook', `401: unknown signature ${theSecret}`);
    const refused = vault.credentialFor('hook');
    expect(refused).toEqual({ state: 'refused', detail: '401: unknown signature [secret]' });
    expect((await line())?.state).toBe('refused');
    await bind({ version: 2, secret: { secret: 'fresh' } });
    expect(vault.credentialFor('hook').state).toBe('present');
    vault.markRefused('hook', 'an answer to the old one', 1);
    expect(vault.credentialFor('hook').state).toBe('present');
  });

  it('tells watchers after each change, when the new state can already be read', async () => {
    const { vault, bind, put, handlers } = await roomWithHook();
    const heard: string[] = [];
    vault.watch((destination) => heard.push(`${destination} ${vault.credentialFor(destination).state}`));
    await bind();
    vault.markRefused('hook', 'no');
    await bind({ version: 2 });
    await put({ endpoint: 'https://evil.example' });
    await handlers['destination.remove']({ ...plain, id: 'hook', confirm: 'hook', reason: 'done' }, call());
    expect(heard).toEqual(['hook present', 'hook refused', 'hook present', 'hook origin-changed', 'hook missing', 'hook missing']);
  });

  it('goes with its destination, and a destination that needs none says so', async () => {
    const { vault, bind, handlers, store } = await roomWithHook();
    await bind();
    await handlers['destination.remove']({ ...plain, id: 'hook', confirm: 'hook', reason: 'done' }, call());
    expect(store.get('credential', 'hook')?.value).toBeNull();
    expect(vault.credentialFor('hook').state).toBe('missing');
    expect(vault.credentialFor('never')).toMatchObject({ state: 'missing' });
  });

  it('shows nothing of itself when a lane prints or serialises what it got', async () => {
    const { vault, bind } = await roomWithHook();
    await bind();
    const state = vault.credentialFor('hook');
    expect(JSON.stringify(state) + inspect(state, { depth: 9, showHidden: true }) + inspect(vault, { depth: 9 })).not.toContain(theSecret);
    expect(vault.credentialFor('hook')).toBe(state);
  });
});

describe('a credential from the environment of the gateway', () => {
  const provided = (text: string, endpoint = 'https://hooks.example/in') => ({
    destination: 'hook',
    declared: hook({ endpoint }),
    fields: new Map([['secret', secret(text)]]),
  });

  it('is held without being written anywhere, with a new version when it changes', async () => {
    const { vault, store, line } = await roomWithHook();
    expect(unwrap(vault.provide(provided(theSecret)))).toBe('provided');
    expect(vault.credentialFor('hook')).toMatchObject({ state: 'present', values: { secret: theSecret } });
    expect(unwrap(vault.provide(provided(theSecret)))).toBe('provided');
    expect(store.history('credential', 'hook', 9)).toHaveLength(1);
    vault.provide(provided('another one'));
    expect(await line()).toMatchObject({ from: 'environment', version: 2, state: 'present' });
    expect(vault.credentialFor('hook')).toMatchObject({ values: { secret: 'another one' } });
  });

  it('gives way to one that a person bound or removed since', async () => {
    const { vault, bind, handlers } = await roomWithHook();
    vault.provide(provided('from the environment'));
    await bind({ version: 2 });
    expect(unwrap(vault.provide(provided('from the environment')))).toBe('kept');
    expect(vault.credentialFor('hook')).toMatchObject({ values: { secret: theSecret } });
    await handlers['credential.remove']({ ...plain, destination: 'hook', reason: 'leaked' }, call());
    expect(unwrap(vault.provide(provided('from the environment')))).toBe('kept');
    expect(vault.credentialFor('hook').state).toBe('missing');
  });

  it('is bound to the address in the file: a command that changes the address and a restart do not send it there', async () => {
    const first = await roomWithHook();
    first.vault.provide(provided(theSecret));
    await first.put({ endpoint: 'https://evil.example/in' });
    const restarted = await createControlRoom({ store: first.store });
    expect(unwrap(restarted.vault.provide(provided(theSecret)))).toBe('provided');
    expect(restarted.vault.credentialFor('hook').state).toBe('origin-changed');
  });

  it('follows the address when the file itself changes it', async () => {
    const { vault, put } = await roomWithHook();
    vault.provide(provided(theSecret));
    await put({ endpoint: 'https://new.example/in' });
    vault.provide(provided(theSecret, 'https://new.example/in'));
    expect(vault.credentialFor('hook').state).toBe('present');
  });
});

describe('a restart', () => {
  it('opens what a gateway of its own keeps sealed, and not what another key sealed', async () => {
    const key = unwrap(await openGatewayKey({ dataFolder: folder, env: {} }));
    const first = await roomWithHook({ key, keepsSealed: true });
    await first.bind();
    // Long after the sealed text expired for the desk.
    const again = await createControlRoom({
      store: first.store,
      key: unwrap(await openGatewayKey({ dataFolder: folder, env: {} })),
      keepsSealed: true,
    });
    expect(again.vault.unopened).toEqual([]);
    expect(again.vault.credentialFor('hook')).toMatchObject({ state: 'present', values: { secret: theSecret } });
    const rebuilt = await createControlRoom({ store: first.store, keepsSealed: true });
    expect(rebuilt.vault.unopened).toEqual(['hook']);
    expect(rebuilt.vault.credentialFor('hook').state).toBe('missing');
    const renamed = await createControlRoom({ store: first.store, key, keepsSealed: true, environment: 'production' });
    expect(renamed.vault.unopened).toEqual(['hook']);
  });

  it('leaves an embedded gateway without secrets until the desk binds the same version again', async () => {
    const first = await roomWithHook();
    await first.bind();
    const again = await createControlRoom({ store: first.store });
    expect(again.vault.credentialFor('hook').state).toBe('missing');
    const sealed = again.seal({ nonce: 'a nonce after the restart' });
    expect(codeOf(await again.handlers['credential.bind']({ ...plain, destination: 'hook', version: 1, sealed }, call()))).toBe('ok');
    expect(again.vault.credentialFor('hook').state).toBe('present');
  });
});

describe('a secret', () => {
  it.each([true, false])('is nowhere in the data folder, in no answer and in no audit entry (kept sealed: %s)', async (keepsSealed) => {
    const data = mkdtempSync(join(folder, 'data-'));
    const store = unwrap(openSqliteStore({ file: join(data, 'control.db'), now: () => 1_750_000_000_000 }));
    const key = unwrap(await openGatewayKey({ dataFolder: data, env: {} }));
    const room = await roomWithHook({ store, key, keepsSealed });
    const answers: unknown[] = [await room.bind(), await room.bind(), await room.bind({ version: 2, environment: 'wrong' })];
    room.vault.markRefused('hook', `the vendor quoted ${theSecret}`);
    answers.push(room.vault.credentialFor('hook'));
    for (const name of ['document.list', 'credential.list', 'gateway.key', 'document.drift'] as const)
      answers.push(await room.handlers[name]({}, call()));
    const history = await room.handlers['document.history']({ kind: 'credential', id: 'hook', limit: 9 }, call());
    answers.push(history, await room.handlers['audit.list']({ limit: 100 }, call()));
    const needles = [theSecret, Buffer.from(theSecret).toString('base64'), Buffer.from(theSecret).toString('hex'), theSecret.slice(6)];
    // Checkpointed or still in the WAL: every file counts.
    const files = readdirSync(data).map((name) => readFileSync(join(data, name), 'latin1'));
    store.close();
    const text = [JSON.stringify(answers), ...files, ...readdirSync(data).map((name) => readFileSync(join(data, name), 'latin1'))].join(
      '\n',
    );
    for (const needle of needles) expect(text.includes(needle)).toBe(false);
    expect(unwrap(history).revisions.every((revision) => Reflect.get(Object(revision.value), 'sealed') === null)).toBe(true);
    expect(files.some((file) => file.includes('"sealed":"'))).toBe(keepsSealed);
  });
});
