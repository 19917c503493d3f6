import { beforeEach, describe, expect, it } from 'vitest';
import { planSchema } from '#contract/documents/plan.ts';
import { keptAutomaticPoints, mostNamedPoints } from '#contract/documents/restore-point.ts';
import { sourceSchema } from '#contract/documents/source.ts';
import { switchSchema } from '#contract/documents/switch.ts';
import { call, codeOf, createControlRoom, hook, unwrap } from '../testing/control-room.ts';

type Room = Awaited<ReturnType<typeof createControlRoom>>;
let room: Room;
const sure = { dryRun: false, reason: 'because' };
const source = (id: string, name = id) =>
  room.handlers['source.put']({ ...sure, id, value: sourceSchema.parse({ name, writeKey: `key-${id}` }) }, call());
const destination = (more: Readonly<Record<string, unknown>> = {}) =>
  room.handlers['destination.put']({ ...sure, id: 'hook', value: hook(more) }, call());
const removeSource = (id: string, more: object = {}) => room.handlers['source.remove']({ ...sure, id, confirm: id, ...more }, call());
const points = async () => unwrap(await room.handlers['restorePoint.list']({}, call())).points;
const make = async (name: string) => unwrap(await room.handlers['restorePoint.create']({ dryRun: false, name }, call())).id;
const apply = (id: string, confirm: string, more: object = {}, context = call()) =>
  room.handlers['restorePoint.apply']({ ...sure, id, confirm, ...more }, context);
const entries = () => room.store.audit(null, 1000).length;

beforeEach(async () => {
  room = await createControlRoom({ keepsSealed: true });
  await source('web');
  await source('app');
});

describe('a restore point', () => {
  it('is written by a critical command, in its own audit entry, and stands before it', async () => {
    await removeSource('app');
    expect(await points()).toMatchObject([
      { id: 'point-3', automatic: true, name: 'Before: Remove a source: app', by: 'ada', differing: 1 },
    ]);
    expect(room.store.audit(null, 1)[0]?.changes?.map(({ kind }) => kind)).toEqual(['source', 'restore-point']);
    unwrap(await apply('point-3', 'point-3'));
    expect(room.store.get('source', 'app')?.value?.name).toBe('app');
  });

  it('is not written where nothing was done, or nothing that could be brought back', async () => {
    await removeSource('app', { dryRun: true });
    await removeSource('app', { confirm: 'web' });
    await destination();
    await room.handlers['credential.bind']({ ...sure, destination: 'hook', version: 1, sealed: room.seal() }, call());
    await room.handlers['credential.remove']({ ...sure, destination: 'hook' }, call());
    expect(await points()).toEqual([]);
  });

  it('says how far it is from now, and keeps only the newest of those that were made by themselves', async () => {
    const named = await make('first');
    await source('web', 'another name');
    await source('third');
    expect((await points())[0]).toMatchObject({ id: named, differing: 2 });
    for (let turn = 0; turn < keptAutomaticPoints + 3; turn++) {
      await source(`passing-${turn}`);
      await removeSource(`passing-${turn}`);
    }
    const all = await points();
    expect(all.filter(({ automatic }) => automatic)).toHaveLength(keptAutomaticPoints);
    expect(all.map(({ name }) => name)).toContain('first');
    expect(all.map(({ name }) => name)).not.toContain('Before: Remove a source: passing-2');
  });

  it('is refused where there are too many, until one is removed', async () => {
    for (let turn = 0; turn < mostNamedPoints; turn++) await make(`point ${turn}`);
    expect(codeOf(await room.handlers['restorePoint.create']({ dryRun: false, name: 'one more' }, call()))).toBe('RESTORE_POINTS_FULL');
    unwrap(await room.handlers['restorePoint.remove']({ dryRun: false, id: (await points())[0]?.id ?? '' }, call()));
    await make('one more');
  });

  it('is compared with another, with now, and with what was at a time', async () => {
    const first = await make('first');
    room.clock.now += 60_000;
    await source('web', 'second name');
    const between = room.clock.now;
    room.clock.now += 60_000;
    await source('web', 'third name');
    const diff = async (from: object, to: object) =>
      unwrap(await room.handlers['restorePoint.diff']({ from, to } as Parameters<Room['handlers']['restorePoint.diff']>[0], call()))
        .documents;
    const now = { type: 'now' };
    expect(await diff({ type: 'point', id: first }, now)).toMatchObject([
      { kind: 'source', id: 'web', change: 'changed', entries: [{ path: ['name'], before: 'web', after: 'third name' }], by: 'ada' },
    ]);
    expect(await diff({ type: 'time', at: between }, now)).toMatchObject([{ entries: [{ before: 'second name', after: 'third name' }] }]);
    expect(await diff(now, { type: 'point', id: first })).toMatchObject([{ entries: [{ before: 'third name', after: 'web' }] }]);
    expect(await diff({ type: 'time', at: 0 }, { type: 'point', id: first })).toMatchObject([
      { id: 'app', change: 'added' },
      { id: 'web', change: 'added' },
    ]);
  });
});

describe('bringing a restore point back', () => {
  it('wants its name typed and a reason, and a dry run writes nothing at all', async () => {
    const point = await make('before the sale');
    await source('web', 'changed');
    const before = entries();
    const dry = unwrap(await apply(point, '', { dryRun: true, reason: undefined }));
    expect(dry).toMatchObject({
      written: 1,
      undo: null,
      comparison: { documents: [{ id: 'web', entries: [{ before: 'changed', after: 'web' }] }] },
    });
    expect(entries()).toBe(before);
    expect(codeOf(await apply(point, 'before the sale', { reason: '' }))).toBe('REASON_REQUIRED');
    expect(codeOf(await apply(point, point))).toBe('CONFIRMATION_REQUIRED');
    expect(unwrap(await apply(point, 'before the sale')).undo).toBe(`point-${before + 3}`);
  });

  it('is one audit entry, and the same command given again does nothing', async () => {
    const point = await make('first');
    await source('web', 'changed');
    await source('app', 'changed');
    const context = call();
    const first = unwrap(await apply(point, 'first', {}, context));
    expect(first.written).toBe(2);
    expect(room.store.audit(null, 1)[0]).toMatchObject({
      action: 'restorePoint.apply',
      target: `restore-point/${point}`,
      reason: 'because',
    });
    const before = entries();
    expect(unwrap(await apply(point, 'first', {}, context))).toMatchObject({ written: 2, undo: first.undo });
    expect(entries()).toBe(before);
  });

  it('overwrites nothing that was changed since somebody looked', async () => {
    const point = await make('first');
    await source('web', 'seen');
    const { comparison } = unwrap(await apply(point, '', { dryRun: true }));
    await source('app', 'unseen');
    const refused = await apply(point, 'first', { seenSeq: comparison.seq });
    expect(refused).toMatchObject({
      ok: false,
      error: { code: 'DOCUMENT_CONFLICT', details: { documents: [{ kind: 'source', id: 'app', by: 'ada' }] } },
    });
    expect(room.store.get('source', 'app')?.value?.name).toBe('unseen');
    unwrap(await apply(point, 'first', { seenSeq: comparison.seq, documents: [{ kind: 'source', id: 'web' }] }));
    expect(room.store.get('source', 'web')?.value?.name).toBe('web');
  });

  it('undoes what it wrote and nothing that somebody changed since', async () => {
    const point = await make('first');
    await source('web', 'changed');
    const { undo, writtenSeq, comparison } = unwrap(await apply(point, 'first'));
    await source('app', 'of somebody else');
    const documents = comparison.documents.map(({ kind, id }) => ({ kind, id }));
    const again = { seenSeq: writtenSeq ?? undefined, documents };
    expect(unwrap(await apply(undo ?? '', undo ?? '', again)).written).toBe(1);
    expect(room.store.get('source', 'app')?.value?.name).toBe('of somebody else');
    await source('web', 'newer still');
    expect(codeOf(await apply(undo ?? '', undo ?? '', again))).toBe('DOCUMENT_CONFLICT');
  });

  it('refuses what would not hold together and names it; with what it depends on it is taken', async () => {
    await destination({ sources: ['app'] });
    await room.handlers['plan.put']({ ...sure, id: 'orders', value: planSchema.parse({ name: 'Orders', sources: ['app'] }) }, call());
    const point = await make('whole');
    await room.handlers['plan.remove']({ ...sure, id: 'orders', confirm: 'orders' }, call());
    await destination({ sources: ['web'] });
    unwrap(await removeSource('app'));
    const refused = await apply(point, 'whole', { documents: [{ kind: 'destination', id: 'hook' }] });
    expect(refused).toMatchObject({
      ok: false,
      error: {
        code: 'RESTORE_INVALID',
        details: { problems: [{ kind: 'destination', id: 'hook', details: { issues: [{ message: 'there is no source app' }] } }] },
      },
    });
    expect(unwrap(await apply(point, 'whole')).written).toBe(3);
  });

  it('refuses to take away what others use: a source of a plan, a destination that a switch diverts to', async () => {
    const point = await make('little');
    await source('new');
    await room.handlers['plan.put']({ ...sure, id: 'orders', value: planSchema.parse({ name: 'Orders', sources: ['new'] }) }, call());
    await destination();
    const divert = switchSchema.parse({ scope: { type: 'source', source: 'web' }, mode: 'divert', to: 'hook' });
    room.store.commit([{ kind: 'switch', id: 'source:web', value: divert }], {
      by: 'ada',
      action: 'switch.set',
      target: '',
      reason: '',
      commandId: null,
    });
    const removal = (kind: 'source' | 'destination', id: string) => apply(point, 'little', { documents: [{ kind, id }] });
    expect(await removal('source', 'new')).toMatchObject({
      error: { code: 'RESTORE_INVALID', details: { problems: [{ kind: 'plan', id: 'orders' }] } },
    });
    expect(await removal('destination', 'hook')).toMatchObject({
      error: { details: { problems: [{ code: 'DOCUMENT_IN_USE', details: { switches: ['source:web'] } }] } },
    });
  });

  it('shows switches that are not as they were, and never sets one', async () => {
    await destination();
    const point = await make('flowing');
    const parked = switchSchema.parse({ scope: { type: 'destination', destination: 'hook' }, mode: 'park' });
    room.store.commit([{ kind: 'switch', id: 'destination:hook', value: parked }], {
      by: 'ada',
      action: 'switch.set',
      target: '',
      reason: '',
      commandId: null,
    });
    const { documents } = unwrap(
      await room.handlers['restorePoint.diff']({ from: { type: 'now' }, to: { type: 'point', id: point } }, call()),
    );
    expect(documents).toMatchObject([{ kind: 'switch', id: 'destination:hook', change: 'removed', isRestorable: false }]);
    expect(unwrap(await apply(point, 'flowing')).written).toBe(0);
    expect(room.store.get('switch', 'destination:hook')?.value?.mode).toBe('park');
    expect(codeOf(await apply(point, 'flowing', { documents: [{ kind: 'switch', id: 'destination:hook' }] }))).toBe('INPUT_INVALID');
  });

  it('says which version of a credential it would need, and brings no secret back', async () => {
    await destination();
    const bind = (version: number) =>
      room.handlers['credential.bind']({ ...sure, destination: 'hook', version, sealed: room.seal({ version }) }, call());
    unwrap(await bind(3));
    const point = await make('old');
    unwrap(await bind(5));
    await destination({ name: 'New name' });
    const { comparison } = unwrap(await apply(point, 'old'));
    expect(comparison.credentials).toEqual([{ destination: 'hook', needs: 3, has: 5 }]);
    expect(room.store.get('credential', 'hook')?.value?.version).toBe(5);
    await room.handlers['destination.remove']({ ...sure, id: 'hook', confirm: 'hook' }, call());
    expect(unwrap(await apply(point, 'old')).comparison.credentials).toEqual([{ destination: 'hook', needs: 3, has: null }]);
    expect(room.store.get('credential', 'hook')?.value).toBeNull();
  });

  it('tells which destinations go with what waits there', async () => {
    const point = await make('without');
    await destination();
    expect(unwrap(await apply(point, 'without', { dryRun: true })).removedDestinations).toEqual(['hook']);
  });
});
