import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settingsSchema } from '#contract/documents/settings.ts';
import { operations } from '#contract/operations/index.ts';
import { call, codeOf, createControlRoom, hook, unwrap, webSource } from '../testing/control-room.ts';

const plain = { dryRun: false };
const why = { dryRun: false, reason: 'a test' };

describe('putting and removing', () => {
  it('adds a source and a destination and answers their revisions', async () => {
    const { handlers, store } = await createControlRoom();
    expect(await handlers['source.put']({ ...plain, id: 'web', value: webSource }, call())).toEqual({ ok: true, value: { revision: 1 } });
    expect(await handlers['destination.put']({ ...plain, id: 'hook', value: hook({ sources: ['web'] }) }, call())).toEqual({
      ok: true,
      value: { revision: 1 },
    });
    expect(await handlers['destination.put']({ ...plain, id: 'hook', value: hook() }, call())).toEqual({
      ok: true,
      value: { revision: 2 },
    });
    expect(store.audit(null, 1)[0]).toMatchObject({ by: 'ada', action: 'destination.put', target: 'destination/hook', outcome: 'applied' });
  });

  it('refuses a write key that another source has, a mapping that is no pointer, and an unknown source', async () => {
    const { handlers } = await createControlRoom();
    await handlers['source.put']({ ...plain, id: 'web', value: webSource }, call());
    const twin = await handlers['source.put']({ ...plain, id: 'app', value: webSource }, call());
    expect(twin).toMatchObject({
      ok: false,
      error: {
        code: 'INPUT_INVALID',
        details: { issues: [{ path: 'value.writeKey', message: 'is already the write key of source web' }] },
      },
    });
    const mapped = await handlers['source.put'](
      { ...plain, id: 'web', value: { ...webSource, mapping: { event: 'event', userId: '/u', properties: '' } } },
      call(),
    );
    expect(mapped).toMatchObject({ ok: false, error: { details: { issues: [{ path: 'value.mapping.event' }] } } });
    const lost = await handlers['destination.put']({ ...plain, id: 'hook', value: hook({ sources: ['web', 'app'] }) }, call());
    expect(lost).toMatchObject({ ok: false, error: { code: 'INPUT_INVALID', details: { issues: [{ path: 'value.sources.1' }] } } });
  });

  it.each([
    ['a connector that is not there', { connector: 'nope' }, 'CONNECTOR_UNKNOWN', undefined],
    ['settings the connector does not know', { settings: { colour: 1 } }, 'SETTINGS_INVALID', 'value.settings'],
    ['settings the connector needs', { connector: 'ga4' }, 'SETTINGS_INVALID', 'value.settings.measurementId'],
    ['no address where the connector has none', { endpoint: undefined }, 'SETTINGS_INVALID', 'value.endpoint'],
    ['a password in the address', { endpoint: 'https://u:p@hooks.example' }, 'SETTINGS_INVALID', 'value.endpoint'],
    ['a query in the address', { endpoint: 'https://hooks.example/?key=1' }, 'SETTINGS_INVALID', 'value.endpoint'],
  ])('refuses a destination with %s', async (_what, more, code, path) => {
    const { handlers } = await createControlRoom();
    const result = await handlers['destination.put']({ ...plain, id: 'hook', value: hook(more) }, call());
    expect(codeOf(result)).toBe(code);
    if (path !== undefined) expect(JSON.stringify(result)).toContain(`"path":"${path}"`);
  });

  it('asks for a reason and the name typed before it removes, and says what still depends', async () => {
    const { handlers, store } = await createControlRoom();
    await handlers['source.put']({ ...plain, id: 'web', value: webSource }, call());
    await handlers['destination.put']({ ...plain, id: 'hook', value: hook({ sources: ['web'] }) }, call());
    expect(codeOf(await handlers['source.remove']({ ...plain, id: 'web', confirm: 'web' }, call()))).toBe('REASON_REQUIRED');
    expect(await handlers['source.remove']({ ...why, id: 'web' }, call())).toMatchObject({
      ok: false,
      error: { code: 'CONFIRMATION_REQUIRED', details: { type: 'web' } },
    });
    expect(await handlers['source.remove']({ ...why, id: 'web', confirm: 'web' }, call())).toMatchObject({
      ok: false,
      error: { code: 'DOCUMENT_IN_USE', details: { destinations: ['hook'] } },
    });
    expect(unwrap(await handlers['destination.remove']({ ...why, id: 'hook', confirm: 'hook' }, call()))).toEqual({ revision: 2 });
    expect(unwrap(await handlers['source.remove']({ ...why, id: 'web', confirm: 'web' }, call()))).toEqual({ revision: 2 });
    expect(codeOf(await handlers['source.remove']({ ...why, id: 'web', confirm: 'web' }, call()))).toBe('DOCUMENT_NOT_FOUND');
    expect((await store.verifyAudit()).intact).toBe(true);
  });

  it('claims and releases a destination without touching anything else', async () => {
    const { handlers, store } = await createControlRoom();
    await handlers['destination.put']({ ...plain, id: 'hook', value: hook({ tags: ['eu'] }) }, call());
    await handlers['destination.claim']({ ...plain, id: 'hook', owner: 'ada' }, call());
    expect(store.get('destination', 'hook')?.value).toEqual(hook({ tags: ['eu'], owner: 'ada' }));
    await handlers['destination.claim']({ ...plain, id: 'hook', owner: null }, call());
    expect(store.get('destination', 'hook')?.value).toEqual(hook({ tags: ['eu'] }));
  });

  it('does not rename the environment under sealed credentials', async () => {
    const room = await createControlRoom({ keepsSealed: true, environment: 'staging' });
    await room.handlers['destination.put']({ ...plain, id: 'hook', value: hook() }, call());
    expect(
      unwrap(await room.handlers['settings.put']({ ...plain, value: settingsSchema.parse({ environment: 'production' }) }, call())),
    ).toEqual({ revision: 1 });
    await room.handlers['credential.bind']({ ...plain, destination: 'hook', version: 1, sealed: room.seal() }, call());
    const settings = (environment: string) => settingsSchema.parse({ environment });
    expect(codeOf(await room.handlers['settings.put']({ ...plain, value: settings('production') }, call()))).toBe('DOCUMENT_IN_USE');
    expect(codeOf(await room.handlers['settings.put']({ ...plain, value: settings('staging') }, call()))).toBe('ok');
  });
});

describe('what every command does', () => {
  it('changes and audits nothing in a dry run, but checks everything', async () => {
    const { handlers, store } = await createControlRoom();
    expect(unwrap(await handlers['source.put']({ dryRun: true, id: 'web', value: webSource }, call()))).toEqual({ revision: 1 });
    expect(codeOf(await handlers['source.put']({ dryRun: true, id: 'web', value: webSource, expectedRevision: 3 }, call()))).toBe(
      'DOCUMENT_CONFLICT',
    );
    expect(codeOf(await handlers['source.remove']({ dryRun: true, id: 'web' }, call()))).toBe('DOCUMENT_NOT_FOUND');
    expect(store.list('source')).toEqual([]);
    expect(store.audit(null, 10)).toEqual([]);
  });

  it('answers a repeated command with its first outcome, whatever happened since', async () => {
    const { handlers, store } = await createControlRoom();
    const context = call();
    await handlers['source.put']({ ...plain, id: 'web', value: webSource, expectedRevision: 0 }, context);
    await handlers['source.put']({ ...plain, id: 'web', value: { ...webSource, name: 'Other' } }, call());
    expect(unwrap(await handlers['source.put']({ ...plain, id: 'web', value: webSource, expectedRevision: 0 }, context))).toEqual({
      revision: 1,
    });
    expect(store.get('source', 'web')?.revision).toBe(2);
    expect(unwrap(await handlers['command.outcome']({ commandId: context.commandId ?? '' }, call()))).toMatchObject({
      action: 'source.put',
      target: 'source/web',
      outcome: 'applied',
    });
    expect(codeOf(await handlers['command.outcome']({ commandId: 'never-sent' }, call()))).toBe('COMMAND_UNKNOWN');
    expect(codeOf(await handlers['source.put']({ ...plain, id: 'app', value: webSource }, context))).toBe('COMMAND_ID_REUSED');
  });

  it('audits a refusal with who and why not, and repeats it for the same command', async () => {
    const { handlers, store } = await createControlRoom();
    const context = call({ by: 'mallory' });
    await handlers['source.remove']({ ...why, id: 'web', confirm: 'web' }, context);
    expect(store.audit(null, 1)[0]).toMatchObject({
      by: 'mallory',
      action: 'source.remove',
      target: 'source/web',
      outcome: 'DOCUMENT_NOT_FOUND',
      reason: 'a test',
    });
    await handlers['source.put']({ ...plain, id: 'web', value: webSource }, call());
    expect(codeOf(await handlers['source.remove']({ ...why, id: 'web', confirm: 'web' }, context))).toBe('DOCUMENT_NOT_FOUND');
    expect(store.get('source', 'web')?.value).not.toBeNull();
  });
});

describe('reverting', () => {
  it('writes an old value as a new revision, as if it were put today', async () => {
    const { handlers, store } = await createControlRoom();
    await handlers['source.put']({ ...plain, id: 'web', value: webSource }, call());
    await handlers['destination.put']({ ...plain, id: 'hook', value: hook({ sources: ['web'] }) }, call());
    await handlers['destination.put']({ ...plain, id: 'hook', value: hook() }, call());
    await handlers['source.remove']({ ...why, id: 'web', confirm: 'web' }, call());
    expect(codeOf(await handlers['document.revert']({ ...plain, kind: 'destination', id: 'hook', toRevision: 1 }, call()))).toBe(
      'INPUT_INVALID',
    );
    expect(unwrap(await handlers['document.revert']({ ...plain, kind: 'source', id: 'web', toRevision: 1 }, call()))).toEqual({
      revision: 3,
    });
    expect(unwrap(await handlers['document.revert']({ ...plain, kind: 'destination', id: 'hook', toRevision: 1 }, call()))).toEqual({
      revision: 3,
    });
    expect(store.get('destination', 'hook')?.value).toEqual(hook({ sources: ['web'] }));
  });

  it('does not open a switch, bring an old secret back, or delete', async () => {
    const { handlers, store } = await createControlRoom();
    const by = { by: 'ada', action: 'switch.set', target: 'switch/everything', reason: '', commandId: null };
    store.commit(
      [
        {
          kind: 'switch',
          id: 'everything',
          value: { scope: { type: 'everything' }, mode: 'park', until: null, fromSeq: 0, opening: null },
        },
      ],
      by,
    );
    expect(await handlers['document.revert']({ ...plain, kind: 'switch', id: 'everything', toRevision: 1 }, call())).toMatchObject({
      ok: false,
      error: { code: 'DOCUMENT_NOT_REVERTIBLE', details: { use: 'switch.set' } },
    });
    expect(await handlers['document.revert']({ ...plain, kind: 'credential', id: 'hook', toRevision: 1 }, call())).toMatchObject({
      ok: false,
      error: { details: { use: 'credential.bind' } },
    });
    await handlers['source.put']({ ...plain, id: 'web', value: webSource }, call());
    await handlers['source.remove']({ ...why, id: 'web', confirm: 'web' }, call());
    await handlers['source.put']({ ...plain, id: 'web', value: webSource }, call());
    expect(await handlers['document.revert']({ ...plain, kind: 'source', id: 'web', toRevision: 2 }, call())).toMatchObject({
      ok: false,
      error: { details: { use: 'source.remove' } },
    });
    expect(codeOf(await handlers['document.revert']({ ...plain, kind: 'source', id: 'web', toRevision: 9 }, call()))).toBe(
      'DOCUMENT_NOT_FOUND',
    );
  });

  it('gives back exactly the old value after any history', async () => {
    const value = fc.record({
      name: fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text.trim() === text),
      enabled: fc.boolean(),
      plan: fc.option(fc.string({ maxLength: 10 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(value, { nil: null, freq: 5 }), { minLength: 1, maxLength: 12 }),
        fc.nat(),
        async (history, pick) => {
          const { handlers, store } = await createControlRoom();
          for (const next of history) {
            if (next === null) await handlers['source.remove']({ ...why, id: 'web', confirm: 'web' }, call());
            else
              await handlers['source.put'](
                {
                  ...plain,
                  id: 'web',
                  value: operations['source.put'].input.parse({ id: 'web', value: { ...next, writeKey: 'key-web' } }).value,
                },
                call(),
              );
          }
          const living = store.history('source', 'web', 100).filter((document) => document.value !== null);
          const target = living[pick % Math.max(1, living.length)];
          if (target === undefined) return;
          const result = await handlers['document.revert']({ ...plain, kind: 'source', id: 'web', toRevision: target.revision }, call());
          expect(codeOf(result)).toBe('ok');
          expect(store.get('source', 'web')?.value).toEqual(target.value);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('looking', () => {
  it('lists documents of one kind or all, and their history', async () => {
    const { handlers } = await createControlRoom();
    await handlers['source.put']({ ...plain, id: 'web', value: webSource }, call());
    await handlers['destination.put']({ ...plain, id: 'hook', value: hook() }, call());
    const ids = async (kind?: 'source') =>
      unwrap(await handlers['document.list'](kind === undefined ? {} : { kind }, call())).documents.map(
        (document) => `${document.kind}/${document.id}`,
      );
    expect(await ids('source')).toEqual(['source/web']);
    expect((await ids()).sort()).toEqual(['destination/hook', 'source/web']);
    expect(unwrap(await handlers['document.history']({ kind: 'source', id: 'web', limit: 5 }, call())).revisions).toHaveLength(1);
  });

  it('answers every query in the shape the contract declares', async () => {
    const { handlers } = await createControlRoom();
    await handlers['destination.put']({ ...plain, id: 'hook', value: hook() }, call());
    const answers = {
      'document.list': await handlers['document.list']({}, call()),
      'document.history': await handlers['document.history']({ kind: 'destination', id: 'hook', limit: 5 }, call()),
      'document.drift': await handlers['document.drift']({}, call()),
      'gateway.key': await handlers['gateway.key']({}, call()),
      'credential.list': await handlers['credential.list']({}, call()),
      'connector.list': await handlers['connector.list']({}, call()),
      'operation.list': await handlers['operation.list']({}, call()),
      'audit.list': await handlers['audit.list']({ limit: 10 }, call()),
      'audit.verify': await handlers['audit.verify']({}, call()),
    };
    for (const [name, schema] of Object.entries(operations)) {
      const answer = Object.entries(answers).find(([answered]) => answered === name)?.[1];
      if (answer === undefined) continue;
      // As the other side of the link gets it.
      const received: unknown = JSON.parse(JSON.stringify(unwrap<unknown>(answer)));
      expect(schema.output.safeParse(received), name).toMatchObject({ success: true });
    }
  });

  it('describes connectors with a JSON Schema of their settings, and operations with one of their input', async () => {
    const { handlers } = await createControlRoom();
    const { connectors } = unwrap(await handlers['connector.list']({}, call()));
    expect(connectors.map((connector) => connector.id).sort()).toEqual(['ga4', 'meta', 'mixpanel', 'webhook']);
    expect(connectors.find((connector) => connector.id === 'ga4')?.settings).toMatchObject({ type: 'object' });
    expect(connectors.find((connector) => connector.id === 'webhook')?.defaultEndpoint).toBeNull();
    const { operations: listed } = unwrap(await handlers['operation.list']({}, call()));
    expect(listed.map((operation) => operation.name)).toEqual(Object.keys(operations));
    expect(listed.find((operation) => operation.name === 'source.remove')).toMatchObject({ danger: 'critical', input: { type: 'object' } });
  });

  it('takes the reason for an earlier command', async () => {
    const { handlers, store } = await createControlRoom();
    const context = call();
    const input = { ...plain, target: 'switch/everything', note: 'the vendor asked us to' };
    expect(unwrap(await handlers['audit.note']({ ...input, dryRun: true }, context))).toEqual({ seq: 1 });
    expect(unwrap(await handlers['audit.note'](input, context))).toEqual({ seq: 1 });
    expect(unwrap(await handlers['audit.note'](input, context))).toEqual({ seq: 1 });
    expect(store.audit(null, 5)).toMatchObject([
      { action: 'audit.note', target: 'switch/everything', reason: 'the vendor asked us to', outcome: 'noted' },
    ]);
  });
});
