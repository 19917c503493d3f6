import { describe, expect, it } from 'vitest';
import { type Config, parseConfig } from '../config.ts';
import { createMemoryStore } from '../memory-store.ts';
import { call, codeOf, createControlRoom, hook, unwrap, webSource } from '../testing/control-room.ts';
import { applyConfig } from './apply.ts';
import { findDrift } from './drift.ts';
import { provideCredentials } from './provide.ts';

const plain = { dryRun: false };
const file = (more = '', endpoint = 'https://hooks.example/in') => `
environment: staging
sources:
  - { id: web, writeKey: key-web }
destinations:
  - { id: hook, connector: webhook, endpoint: "${endpoint}", credential: { env: HOOK_SECRET }, sources: [web] ${more} }
`;

async function room(text = file()) {
  const made = await createControlRoom();
  const configOf = (yaml: string): Config => unwrap(parseConfig(yaml, { env: { HOOK_SECRET: 'whsec_abc' }, connectors: made.connectors }));
  const start = (yaml: string) => {
    const config = configOf(yaml);
    const applied = applyConfig(config, made.store);
    if (applied.ok) unwrap(provideCredentials(config, made.vault));
    return applied;
  };
  const first = unwrap(start(text));
  return { ...made, configOf, start, first };
}

describe('applying the file', () => {
  it('writes what is absent, in one commit by config, and nothing the next time', async () => {
    const { store, first, start, vault } = await room();
    expect(first).toEqual({ written: ['settings/gateway', 'source/web', 'destination/hook'], kept: [] });
    expect(store.get('destination', 'hook')).toMatchObject({ by: 'config', revision: 1 });
    expect(vault.credentialFor('hook')).toMatchObject({ state: 'present', values: { secret: 'whsec_abc' } });
    expect(store.audit(null, 9).map((entry) => entry.action)).toEqual(['credential.provide', 'config.apply']);
    expect(unwrap(start(file()))).toEqual({ written: [], kept: [] });
  });

  it('writes again what the file changed, where nobody else did', async () => {
    const { store, start } = await room();
    expect(unwrap(start(file(', tags: [eu]'))).written).toEqual(['destination/hook']);
    expect(store.get('destination', 'hook')?.value?.tags).toEqual(['eu']);
  });

  it('leaves alone what a command changed or removed since', async () => {
    const { store, handlers, start } = await room();
    await handlers['destination.put']({ ...plain, id: 'hook', value: hook({ tags: ['mine'] }) }, call());
    await handlers['source.remove']({ ...plain, id: 'web', confirm: 'web', reason: 'gone' }, call());
    const { written, kept } = unwrap(start(file(', tags: [file]')));
    expect(written).toEqual([]);
    expect(kept).toMatchObject([
      { kind: 'source', id: 'web', by: 'ada' },
      { kind: 'destination', id: 'hook', by: 'ada' },
    ]);
    expect(store.get('destination', 'hook')?.value?.tags).toEqual(['mine']);
    expect(store.get('source', 'web')?.value).toBeNull();
  });

  it('keeps a claim, and does not take one for a change', async () => {
    const { store, handlers, start } = await room();
    await handlers['destination.claim']({ ...plain, id: 'hook', owner: 'ada' }, call());
    expect(unwrap(start(file())).written).toEqual([]);
    expect(unwrap(start(file(', tags: [eu]'))).written).toEqual(['destination/hook']);
    expect(store.get('destination', 'hook')?.value).toMatchObject({ owner: 'ada', tags: ['eu'] });
    expect(unwrap(start(file(', tags: [eu]'))).written).toEqual([]);
    expect(unwrap(start(file(', tags: [eu], owner: team'))).written).toEqual(['destination/hook']);
    expect(store.get('destination', 'hook')?.value?.owner).toBe('team');
  });

  it('does not remove what the file no longer has', async () => {
    const { store, start } = await room();
    expect(unwrap(start('environment: staging\n')).written).toEqual([]);
    expect(store.get('destination', 'hook')?.value).not.toBeNull();
  });

  it('refuses a write key that a source made by hand already has, and writes nothing', async () => {
    const made = await createControlRoom();
    await made.handlers['source.put']({ ...plain, id: 'by-hand', value: webSource }, call());
    const config = unwrap(parseConfig(file(), { env: { HOOK_SECRET: 'x' }, connectors: made.connectors }));
    const result = applyConfig(config, made.store);
    expect(codeOf(result)).toBe('CONFIG_INVALID');
    expect(JSON.stringify(result)).toContain('by-hand');
    expect(made.store.list('destination')).toEqual([]);
  });
});

describe('drift from the file', () => {
  it('is none right after it was applied', async () => {
    const { store, configOf } = await room();
    expect(findDrift(configOf(file()), store)).toEqual([]);
    expect(
      findDrift(
        configOf(file()),
        createMemoryStore(() => 0),
      ),
    ).toMatchObject([{ id: 'gateway', now: null }, { id: 'web' }, { id: 'hook' }]);
  });

  it('is shown field by field, with who and when; whole where something was removed or added', async () => {
    const { store, handlers, configOf, clock } = await room();
    const changed = hook({ sources: ['web'], delivery: { concurrency: 4 }, tags: ['a', 'b'], name: 'hook', events: ['Order'] });
    await handlers['destination.put']({ ...plain, id: 'hook', value: changed }, call());
    await handlers['destination.put']({ ...plain, id: 'more', value: hook({ tags: [] }) }, call());
    const by = 'ada';
    const at = clock.now;
    expect(findDrift(configOf(file()), store)).toEqual([
      { kind: 'destination', id: 'hook', path: 'delivery.concurrency', file: 16, now: 4, by, at },
      { kind: 'destination', id: 'hook', path: 'events', file: [], now: ['Order'], by, at },
      { kind: 'destination', id: 'hook', path: 'tags', file: [], now: ['a', 'b'], by, at },
      { kind: 'destination', id: 'more', path: '', file: null, now: hook({ tags: [] }), by, at },
    ]);
    await handlers['destination.remove']({ ...plain, id: 'hook', confirm: 'hook', reason: 'gone' }, call());
    expect(findDrift(configOf(file()), store)).toContainEqual({
      kind: 'destination',
      id: 'hook',
      path: '',
      file: hook({ sources: ['web'], name: 'hook' }),
      now: null,
      by,
      at,
    });
  });

  it('does not count a claim, unless the file names an owner', async () => {
    const { store, handlers, configOf } = await room();
    await handlers['destination.claim']({ ...plain, id: 'hook', owner: 'ada' }, call());
    expect(findDrift(configOf(file()), store)).toEqual([]);
    expect(findDrift(configOf(file(', owner: team')), store)).toMatchObject([{ path: 'owner', file: 'team', now: 'ada' }]);
  });
});
