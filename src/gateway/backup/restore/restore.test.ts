import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Switch } from '#contract/documents/switch.ts';
import { deltaOf, sideRow } from '#gateway/log/testing/requests.ts';
import { stepDown } from '#gateway/migrations/bring-up.ts';
import { versionOf } from '#gateway/migrations/database-schema.ts';
import { databaseSchemas } from '#gateway/migrations/schemas.ts';
import { openPeople } from '#gateway/people/people.ts';
import { hashOf } from '../copying.ts';
import { type Manifest, manifestText } from '../manifest.ts';
import { openScene, type Scene, unwrap } from '../testing/scene.ts';

const ada = (action: string, target: string) => ({ by: 'ada', action, target, reason: 'why', commandId: null });
const stop = (over: Partial<Switch>): Switch => ({
  scope: { type: 'everything' },
  mode: 'park',
  until: null,
  fromSeq: 0,
  opening: null,
  ...over,
});

describe('a restore', () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await openScene();
  });
  afterEach(() => scene.remove());

  /** Five events, three of them settled at `hook`; then a backup. */
  async function backedUp(): Promise<Manifest> {
    await scene.append(5, 'a', 15_000);
    await scene.settle({ cursor: 3, terminal: { confirmed: [1, 2, 3] } });
    return unwrap(await scene.run());
  }
  const filesIn = (folder: string) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const ledger = async (id: string) => {
    const { total, waiting, terminal, violations, cursor } = await scene.log.ledger(id);
    return { total, waiting, confirmed: terminal.confirmed, violations, cursor };
  };

  it('brings everything back into an empty folder, in a new incarnation with every lane parked', async () => {
    const manifest = await backedUp();
    const [{ id: birth }] = scene.store.lineage();
    await scene.stop();
    rmSync(scene.data, { recursive: true });
    mkdirSync(scene.data);
    const outcome = unwrap(await scene.restore());
    expect(outcome).toMatchObject({
      backup: { id: manifest.id, head: 5 },
      proof: { problems: [], ledgers: 2, balanced: 2, auditIntact: true },
      old: { documents: false, lanes: false, people: false, unreadable: [] },
      lostEvents: null,
    });
    expect(existsSync(join(scene.data, 'restoring'))).toBe(false);
    await scene.start();
    expect(await ledger('hook')).toEqual({ total: 5, waiting: 2, confirmed: 3, violations: [], cursor: 3 });
    expect(scene.store.lineage()).toMatchObject([
      { id: birth, backup: null },
      { id: outcome.incarnation, backup: manifest.id, head: 5, auditSeq: manifest.audit.seq },
    ]);
    expect(scene.log.incarnation).toBe(outcome.incarnation);
    expect(scene.store.list('switch').map(({ id, value }) => [id, value?.mode])).toEqual([
      ['destination:hook', 'park'],
      ['destination:mail', 'park'],
    ]);
    expect(scene.store.audit(null, 1)).toMatchObject([
      { by: 'restore', action: 'backup.restored', target: `incarnation ${outcome.incarnation}` },
    ]);
    expect(scene.store.audit(null, 1)[0]?.reason).toContain(`forks incarnation ${manifest.incarnation} at event 5`);
    expect((await scene.store.verifyAudit()).intact).toBe(true);
    expect(await scene.append(1, 'next')).toEqual([6]);
  });

  it('gives no owner of the old incarnation a lane', async () => {
    await backedUp();
    const { epoch } = await scene.log.open('hook');
    await scene.stop();
    unwrap(await scene.restore());
    await scene.start();
    const late = deltaOf('hook', epoch, { cursor: 4, terminal: { confirmed: [4] } });
    await expect(scene.log.settle(late)).rejects.toMatchObject({ name: 'StaleEpoch' });
    expect((await scene.log.open('hook')).epoch).toBeGreaterThan(2 ** 20);
  });

  it('puts what was there beside, whole, and leaves what is not its own', async () => {
    await backedUp();
    await scene.append(2, 'later');
    await scene.stop();
    for (const name of ['gateway.key', 'hold', 'sluice.yaml']) writeFileSync(join(scene.data, name), name);
    const before = new Map(
      filesIn(scene.data)
        .filter((name) => name.includes('.db'))
        .map((name) => [name, readFileSync(join(scene.data, name))]),
    );
    const { aside } = unwrap(await scene.restore());
    for (const [name, content] of before) expect(readFileSync(join(scene.data, aside ?? '', name)).equals(content), name).toBe(true);
    expect(readFileSync(join(scene.data, 'gateway.key'), 'utf8')).toBe('gateway.key');
    expect(readFileSync(join(scene.data, 'hold'), 'utf8')).toBe('hold');
    expect(existsSync(join(scene.data, aside ?? '', 'sluice.yaml'))).toBe(false);
    await scene.start();
    expect(scene.log.head()).toBe(5);
  });

  it('is not done twice by a flag that was forgotten', async () => {
    await backedUp();
    await scene.stop();
    const first = unwrap(await scene.restore());
    await scene.start();
    await scene.append(1, 'since');
    await scene.stop();
    expect(unwrap(await scene.restore())).toMatchObject({ isThereAlready: true, incarnation: null });
    await scene.start();
    expect(scene.log.head()).toBe(6);
    await scene.stop();
    const again = unwrap(await scene.restore({ isAgain: true }));
    expect(again.incarnation).not.toBe(first.incarnation);
    await scene.start();
    expect(scene.log.head()).toBe(5);
    expect(scene.store.lineage()).toHaveLength(2);
  });

  it('refuses to open files of two incarnations together', async () => {
    await backedUp();
    await scene.stop();
    const { aside } = unwrap(await scene.restore());
    copyFileSync(join(scene.data, aside ?? '', 'lanes.db'), join(scene.data, 'lanes.db'));
    await expect(scene.start()).rejects.toThrow('DATA_MIXED');
  });

  it('as a dry run says the same and touches nothing', async () => {
    await backedUp();
    await scene.append(2, 'later');
    await scene.stop();
    const before = filesIn(scene.data);
    const targets = filesIn(scene.target);
    const outcome = unwrap(await scene.restore({ isDryRun: true }));
    expect(outcome).toMatchObject({ incarnation: null, aside: null, lostEvents: 2, proof: { balanced: 2 } });
    expect(outcome.duplicates).toHaveLength(2);
    expect(filesIn(scene.data)).toEqual(before);
    expect(filesIn(scene.target)).toEqual(targets);
    await scene.start();
    expect(scene.log.head()).toBe(7);
  });

  it('may be looked at while a gateway is running', async () => {
    await backedUp();
    await scene.append(2, 'later');
    await scene.settle({ cursor: 4, terminal: { confirmed: [4] } });
    const outcome = unwrap(await scene.restore({ isDryRun: true, isInUse: true }));
    expect(outcome.old).toMatchObject({ documents: true, lanes: true });
    expect(outcome.duplicates.find(({ destination }) => destination === 'hook')).toMatchObject({ open: 2, repeated: 1, isKnown: true });
    expect(await scene.append(1, 'on')).toEqual([8]);
  });

  it('needs room beside what is there, and says how much', async () => {
    await backedUp();
    await scene.stop();
    const before = filesIn(scene.data);
    const refused = await scene.restore({ freeBytes: () => 1000 });
    expect(refused).toMatchObject({ ok: false, error: { code: 'RESTORE_NO_ROOM', details: { folder: scene.data, freeBytes: 1000 } } });
    expect(filesIn(scene.data)).toEqual(before);
  });

  describe('of what the old disk still knows', () => {
    it('takes newer switches, as they mean here, and says what it leaves', async () => {
      scene.store.commit(
        [{ kind: 'switch', id: 'event:Old', value: stop({ scope: { type: 'event', event: 'Old' } }) }],
        ada('switch.set', 'Old'),
      );
      await backedUp();
      await scene.append(4, 'later');
      scene.store.commit(
        [{ kind: 'switch', id: 'everything', value: stop({ mode: 'drop', fromSeq: 8 }) }],
        ada('switch.set', 'everything'),
      );
      scene.store.commit(
        [{ kind: 'switch', id: 'event:Old', value: stop({ scope: { type: 'event', event: 'Old' }, mode: 'flow' }) }],
        ada('switch.set', 'Old'),
      );
      scene.store.commit(
        [{ kind: 'switch', id: 'destination:mail', value: stop({ scope: { type: 'destination', destination: 'mail' }, mode: 'drop' }) }],
        ada('switch.set', 'mail'),
      );
      scene.store.commit([{ kind: 'destination', id: 'hook', value: null }], ada('destination.remove', 'hook'));
      await scene.stop();
      const { documents, lostEvents } = unwrap(await scene.restore());
      expect(lostEvents).toBe(4);
      expect(documents.taken.map(({ id, mode }) => [id, mode])).toEqual([
        ['destination:mail', 'drop'],
        ['event:Old', 'flow'],
        ['everything', 'drop'],
      ]);
      expect(documents.left.map(({ kind, id }) => [kind, id])).toEqual([['destination', 'hook']]);
      await scene.start();
      // Seqs above the backup's head will be given to other events.
      expect(scene.store.get('switch', 'everything')?.value).toMatchObject({ mode: 'drop', fromSeq: 5 });
      expect(scene.store.get('switch', 'event:Old')?.value).toMatchObject({ mode: 'flow' });
      expect(scene.store.get('switch', 'destination:mail')?.value).toMatchObject({ mode: 'park' });
      expect(scene.store.audit(null, 1)[0]?.reason).toContain('mail was at drop');
    });

    it('takes nothing of another gateway’s folder', async () => {
      await backedUp();
      const target = scene.target;
      const other = await openScene();
      other.store.commit([{ kind: 'switch', id: 'everything', value: stop({ mode: 'drop' }) }], ada('switch.set', 'everything'));
      await other.stop();
      const outcome = unwrap(await other.restore({ from: target }));
      expect(outcome).toMatchObject({ old: { isSameGateway: false }, documents: { taken: [], left: [] }, lostEvents: null });
      await other.start();
      expect(other.store.get('switch', 'everything')).toBeNull();
      await other.remove();
    });

    it('takes consent and suppression, the newest of each, and whom to erase', async () => {
      const people = () => unwrap(openPeople(join(scene.data, 'people.db')));
      const before = people();
      before.choose(['u1', 'u2'], { ads: true, mail: true }, 1000);
      before.suppress(['u3'], 'opt-out', 1000);
      await before.durable();
      await before.close();
      await backedUp();
      const since = people();
      since.choose(['u1'], { ads: false }, 2000);
      since.suppress(['u2'], 'deletion', 2000);
      since.lift('u3');
      unwrap(await since.erasures.noteErased([since.hash('u4')], 2000));
      await since.durable();
      await since.close();
      await scene.stop();
      expect(unwrap(await scene.restore()).people).toBe(2);
      const after = people();
      expect(after.of('u1').preferences).toEqual({ ads: false, mail: true });
      expect(after.of('u2').suppressed?.kind).toBe('deletion');
      expect(after.of('u3').suppressed?.kind).toBe('opt-out');
      expect(after.erasures.erased()).toEqual([{ person: after.hash('u4'), untilMs: 2000 }]);
      await after.close();
    });

    it('goes on without what cannot be read, and says which', async () => {
      await backedUp();
      await scene.stop();
      writeFileSync(join(scene.data, 'lanes.db'), 'rubbish');
      rmSync(join(scene.data, 'log'), { recursive: true });
      const outcome = unwrap(await scene.restore());
      expect(outcome.old).toMatchObject({ documents: true, lanes: false, unreadable: [{ file: 'lanes.db' }] });
      expect(outcome.lostEvents).toBeNull();
      expect(outcome.duplicates.every(({ isKnown }) => !isKnown)).toBe(true);
    });
  });

  describe('of a backup that is not sound', () => {
    const broken: readonly (readonly [string, (folder: string, segment: string) => void, string])[] = [
      [
        'flipped',
        (_, segment) =>
          writeFileSync(
            segment,
            readFileSync(segment).map((byte, i) => (i === 10_000 ? byte ^ 4 : byte)),
          ),
        'its checksum is wrong',
      ],
      ['truncated', (_, segment) => writeFileSync(segment, readFileSync(segment).subarray(0, 8192)), 'its checksum is wrong'],
      ['incomplete', (folder) => rmSync(join(folder, 'lanes.db')), 'it is missing'],
    ];
    it.each(broken)('refuses one that is %s, says why, and leaves the data folder as it was', async (_, damage, problem) => {
      const { id } = await backedUp();
      const folder = join(scene.target, id);
      damage(folder, join(folder, 'log', readdirSync(join(folder, 'log'))[0] ?? ''));
      await scene.stop();
      const before = filesIn(scene.data);
      const refused = await scene.restore();
      expect(refused).toMatchObject({ ok: false, error: { code: 'BACKUP_DAMAGED', details: { id, problems: [{ problem }] } } });
      expect(filesIn(scene.data)).toEqual(before);
      expect(await scene.restore({ isDryRun: true })).toMatchObject({ ok: false, error: { code: 'BACKUP_DAMAGED' } });
      await scene.start();
      expect(await ledger('hook')).toMatchObject({ total: 5, violations: [] });
    });

    it('takes the newest whole one of a folder, and refuses a half one by name', async () => {
      const { id } = await backedUp();
      const half = join(scene.target, '20991231T235959Z-ffffff');
      cpSync(join(scene.target, id), half, { recursive: true });
      rmSync(join(half, 'manifest.json'));
      await scene.stop();
      expect(await scene.restore({ from: half })).toMatchObject({
        ok: false,
        error: { code: 'BACKUP_DAMAGED', details: { isUnfinished: true } },
      });
      expect(unwrap(await scene.restore()).backup.id).toBe(id);
    });

    it('refuses an empty folder, one that is not there, and one of several gateways', async () => {
      await scene.stop();
      expect(await scene.restore()).toMatchObject({ ok: false, error: { code: 'BACKUP_UNKNOWN' } });
      mkdirSync(scene.target);
      expect(await scene.restore()).toMatchObject({ ok: false, error: { code: 'BACKUP_UNKNOWN' } });
      await scene.start();
      const { id } = await backedUp();
      const other = await openScene();
      const theirs = unwrap(await other.run());
      cpSync(join(other.target, theirs.id), join(scene.target, theirs.id), { recursive: true });
      await other.remove();
      await scene.stop();
      expect(await scene.restore()).toMatchObject({ ok: false, error: { code: 'BACKUP_AMBIGUOUS' } });
      expect(unwrap(await scene.restore({ from: join(scene.target, id) })).backup.id).toBe(id);
    });
  });
});

describe('a backup of a former version', () => {
  const former = databaseSchemas.flatMap((schema) =>
    Array.from({ length: versionOf(schema) - 1 }, (_, i) => [schema.file, i + 1] as const),
  );

  it.each(former)('with %s at version %i is restored, migrated and balances', async (file, version) => {
    const scene = await openScene();
    await scene.append(3, 'a');
    await scene.settle({ cursor: 2, put: [sideRow(1, 'retrying')], terminal: { confirmed: [2] } });
    await openPeopleOnce(scene.data);
    const manifest = unwrap(await scene.run());
    const folder = join(scene.target, manifest.id);
    makeFormer(folder, manifest, file, version);
    await scene.stop();
    rmSync(scene.data, { recursive: true });
    mkdirSync(scene.data);
    expect(unwrap(await scene.restore()).proof).toMatchObject({ problems: [], balanced: 2, auditIntact: true });
    await scene.start();
    expect(await scene.log.ledger('hook')).toMatchObject({ total: 3, retrying: 1, waiting: 1, violations: [] });
    await scene.remove();
  });

  it('by a newer Sluice is refused before anything is copied', async () => {
    const scene = await openScene();
    await scene.append(1, 'a');
    const manifest = unwrap(await scene.run());
    const folder = join(scene.target, manifest.id);
    const files = manifest.files.map((each) => (each.name === 'lanes.db' ? { ...each, version: 999 } : each));
    writeFileSync(join(folder, 'manifest.json'), manifestText({ ...manifest, files }));
    await scene.stop();
    expect(await scene.restore()).toMatchObject({
      ok: false,
      error: { code: 'BACKUP_DAMAGED', details: { problems: [{ file: 'lanes.db', problem: expect.stringContaining('newer Sluice') }] } },
    });
    await scene.remove();
  });
});

async function openPeopleOnce(data: string): Promise<void> {
  const people = unwrap(openPeople(join(data, 'people.db')));
  people.choose(['u1'], { ads: false }, 1000);
  await people.durable();
  await people.close();
}

/** Takes one database of a backup back to the form of a former release. */
function makeFormer(folder: string, manifest: Manifest, file: string, version: number): void {
  const path = join(folder, file);
  const schema = databaseSchemas.find((each) => each.file === file);
  if (!schema || !existsSync(path)) return;
  const db = new DatabaseSync(path);
  while (Number(db.prepare('PRAGMA user_version').get()?.user_version) > version) stepDown(db, schema);
  db.close();
  const files = manifest.files.map((each) =>
    each.name === file ? { ...each, version, sha256: hashOf(path), bytes: readFileSync(path).length } : each,
  );
  writeFileSync(join(folder, 'manifest.json'), manifestText({ ...manifest, files }));
}
