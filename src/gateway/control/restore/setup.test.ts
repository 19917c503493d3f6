import { beforeEach, describe, expect, it } from 'vitest';
import { flagSchema } from '#contract/documents/flag.ts';
import { settingsSchema } from '#contract/documents/settings.ts';
import { sourceSchema } from '#contract/documents/source.ts';
import { call, codeOf, createControlRoom, hook, theSecret, unwrap } from '../testing/control-room.ts';

type Room = Awaited<ReturnType<typeof createControlRoom>>;
let staging: Room;
let production: Room;
const sure = { dryRun: false, reason: 'because' };
const put = async (room: Room, more: object = {}) => {
  unwrap(
    await room.handlers['source.put'](
      { ...sure, id: 'web', value: sourceSchema.parse({ name: 'Web', writeKey: 'key-web', ...more }) },
      call(),
    ),
  );
};
const exported = async (leaveOut: string[] = [], room = staging) =>
  unwrap(await room.handlers['restorePoint.export']({ of: { type: 'now' }, leaveOut }, call()));
const bringIn = (text: string, more: object = {}) =>
  production.handlers['restorePoint.import']({ ...sure, text, leaveOut: [], confirm: 'production', ...more }, call());
const mistakesOf = async (text: string) => {
  const answer = await bringIn(text);
  return answer.ok ? [] : ((answer.error.details?.mistakes ?? []) as readonly { line: number; path: string; message: string }[]);
};

beforeEach(async () => {
  staging = await createControlRoom({ environment: 'staging', keepsSealed: true });
  production = await createControlRoom({ environment: 'production' });
  await put(staging);
  unwrap(await staging.handlers['destination.put']({ ...sure, id: 'hook', value: hook({ owner: 'grace' }) }, call()));
  unwrap(
    await staging.handlers['credential.bind'](
      { ...sure, destination: 'hook', version: 1, sealed: staging.seal({ environment: 'staging' }) },
      call(),
    ),
  );
});

describe('exporting a set-up', () => {
  it('writes what people can read, and no secret, fingerprint or person', async () => {
    const { text, documents, credentials } = await exported();
    expect([documents, credentials]).toEqual([2, 1]);
    expect(text).toContain('environment: staging');
    expect(text).toContain('      name: Web\n');
    expect(text).toContain('  - destination: hook\n    connector: webhook\n');
    for (const hidden of [theSecret, 'grace', 'ada', 'sealed', staging.store.get('credential', 'hook')?.value?.fingerprint ?? ''])
      expect(text.replace('metadata', '')).not.toContain(hidden);
  });

  it('is of a restore point, or of a part', async () => {
    const { id } = unwrap(await staging.handlers['restorePoint.create']({ dryRun: false, name: 'early' }, call()));
    await put(staging, { name: 'Later' });
    const early = unwrap(
      await staging.handlers['restorePoint.export'](
        { of: { type: 'point', id }, documents: [{ kind: 'source', id: 'web' }], leaveOut: [] },
        call(),
      ),
    );
    expect(early).toMatchObject({ documents: 1, credentials: 0, text: expect.stringContaining('name: Web') });
  });

  it('is refused where it would carry somebody’s address, naming the field', async () => {
    const targeting = { if: [{ in: [{ var: 'email' }, ['ana@shop.example']] }, 'on'] };
    const value = flagSchema.parse({ variants: { on: true, off: false }, defaultVariant: 'off', targeting });
    unwrap(await staging.handlers['flag.put']({ ...sure, id: 'beta', value }, call()));
    const answer = await staging.handlers['restorePoint.export']({ of: { type: 'now' }, leaveOut: [] }, call());
    expect(answer).toMatchObject({
      ok: false,
      error: { code: 'SETUP_PERSONAL', details: { fields: ['flag.beta.targeting.if.0.in.1.0'] } },
    });
    expect(JSON.stringify(answer)).not.toContain('ana@');
    expect((await exported(['flag.targeting'])).text).not.toContain('ana@');
  });
});

describe('importing a set-up', () => {
  it('shows what it would change, wants the environment typed, adds and changes in one step, and can be undone', async () => {
    await put(production, { name: 'Old name', writeKey: 'key-production' });
    unwrap(
      await production.handlers['source.put'](
        { ...sure, id: 'only-here', value: sourceSchema.parse({ name: 'Ours', writeKey: 'key-ours' }) },
        call(),
      ),
    );
    const { text } = await exported(['source.writeKey']);
    const dry = unwrap(await bringIn(text, { dryRun: true }));
    expect(dry).toMatchObject({
      from: 'staging',
      written: 2,
      comparison: { credentials: [{ destination: 'hook', needs: null, has: null }] },
    });
    expect(dry.comparison.documents).toMatchObject([
      { kind: 'source', id: 'web', entries: [{ path: ['name'], before: 'Old name', after: 'Web' }] },
      { kind: 'destination', id: 'hook', change: 'added' },
    ]);
    expect(codeOf(await bringIn(text, { confirm: 'staging' }))).toBe('CONFIRMATION_REQUIRED');
    const { undo } = unwrap(await bringIn(text));
    expect(production.store.get('source', 'web')?.value).toMatchObject({ name: 'Web', writeKey: 'key-production' });
    expect(production.store.get('source', 'only-here')?.value?.name).toBe('Ours');
    unwrap(await production.handlers['restorePoint.apply']({ ...sure, id: undo ?? '', confirm: undo ?? '' }, call()));
    expect(production.store.get('source', 'web')?.value?.name).toBe('Old name');
    expect(production.store.get('destination', 'hook')?.value).toBeNull();
  });

  it('leaves a gateway what it is: its environment, its folders, who looks after what', async () => {
    unwrap(
      await staging.handlers['settings.put'](
        { ...sure, value: settingsSchema.parse({ environment: 'staging', drainDeadlineMs: 7, backup: { folder: '/staging' } }) },
        call(),
      ),
    );
    const ours = settingsSchema.parse({ environment: 'production', backup: { folder: '/ours' } });
    unwrap(await production.handlers['settings.put']({ ...sure, value: ours }, call()));
    unwrap(await bringIn((await exported()).text));
    expect(production.store.get('settings', 'gateway')?.value).toEqual({ ...ours, drainDeadlineMs: 7 });
    expect(production.store.get('destination', 'hook')?.value).not.toHaveProperty('owner');
  });

  it('keeps fields of ours where asked to, even where the file has them', async () => {
    unwrap(
      await production.handlers['destination.put'](
        { ...sure, id: 'hook', value: hook({ name: 'Ours', endpoint: 'https://production.example/in' }) },
        call(),
      ),
    );
    unwrap(await bringIn((await exported()).text, { leaveOut: ['destination.endpoint'] }));
    expect(production.store.get('destination', 'hook')?.value).toMatchObject({ name: 'Hook', endpoint: 'https://production.example/in' });
  });

  it('takes only what is chosen, and refuses it where it does not hold together', async () => {
    await put(production, { writeKey: 'another' });
    unwrap(
      await production.handlers['source.put'](
        { ...sure, id: 'app', value: sourceSchema.parse({ name: 'App', writeKey: 'key-web' }) },
        call(),
      ),
    );
    const { text } = await exported();
    expect(await bringIn(text)).toMatchObject({
      error: {
        code: 'RESTORE_INVALID',
        details: { problems: expect.arrayContaining([expect.objectContaining({ kind: 'source', id: 'web' })]) },
      },
    });
    expect(unwrap(await bringIn(text, { documents: [{ kind: 'destination', id: 'hook' }] })).written).toBe(1);
  });

  it('names every mistake of a file with its line and what was meant, and quotes nothing of it', async () => {
    const { text } = await exported();
    const lineOf = (part: string, from = text) => from.split('\n').findIndex((line) => line.includes(part)) + 1;
    const typo = text
      .replace('writeKey: key-web', 'writKey: key-web')
      .replace('connector: webhook\n      settings', 'connector: 7\n      settings');
    expect(await mistakesOf(typo)).toEqual([
      { line: lineOf('web:\n'.trim()), path: 'documents.source.web.writeKey', message: 'is missing' },
      { line: lineOf('writKey', typo), path: 'documents.source.web.writKey', message: 'unknown key; did you mean writeKey?' },
      { line: lineOf('connector: 7', typo), path: 'documents.destination.hook.connector', message: 'must be text' },
    ]);
    expect(await mistakesOf(text.replace('version: 1', 'version: 2'))).toMatchObject([
      { path: 'version', message: expect.stringContaining('another version') },
    ]);
    expect(await mistakesOf(text.replace('    hook:', '    Hook!:'))).toMatchObject([{ path: 'documents.destination.Hook!' }]);
    expect(await mistakesOf('format: [')).toMatchObject([{ line: 1 }]);
    expect(await mistakesOf('just words')).toMatchObject([{ path: '' }]);
    expect(await mistakesOf('sources: []')).toContainEqual(expect.objectContaining({ path: 'format' }));
    expect(await mistakesOf(text.replace('documents:', 'documents:\n  switch: {}'))).toHaveLength(1);
  });

  it('says where a field that was left out is missing here, too', async () => {
    const { text } = await exported(['source.writeKey']);
    expect(await mistakesOf(text)).toMatchObject([
      { path: 'documents.source.web.writeKey', message: 'is left out of the file, and there is none here to keep' },
    ]);
  });
});
