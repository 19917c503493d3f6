/** Whatever was changed before and after: what a restore point brings back is what there was, and its undo what there is. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { consentSchema } from '#contract/documents/consent.ts';
import type { DocumentKind } from '#contract/documents/document.ts';
import { flagSchema } from '#contract/documents/flag.ts';
import { planSchema } from '#contract/documents/plan.ts';
import { redactionSchema } from '#contract/documents/redaction.ts';
import { settingsSchema } from '#contract/documents/settings.ts';
import { sourceSchema } from '#contract/documents/source.ts';
import { switchSchema } from '#contract/documents/switch.ts';
import type { Result } from '#contract/result.ts';
import type { DocumentStore } from '../document-store.ts';
import { createMemoryStore } from '../memory-store.ts';
import { openSqliteStore } from '../sqlite-store.ts';
import { canonicalJson } from '../store/canonical.ts';
import { call, createControlRoom, hook, unwrap } from '../testing/control-room.ts';
import { restorableKinds } from './compare.ts';

type Room = Awaited<ReturnType<typeof createControlRoom>>;
type Step = (room: Room) => Promise<unknown> | unknown;
type Snapshot = Readonly<Record<string, string>>;

const startAt = 1_750_000_000_000;

const sourceId = fc.constantFrom('web', 'app');
const destinationId = fc.constantFrom('hook', 'mail');
const flagId = fc.constantFrom('new-checkout', 'old-banner');
const someSources = fc.subarray(['web', 'app']);
const word = fc.constantFrom('one', 'two', 'three');
const sure = { dryRun: false, reason: 'because' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(sourceId, word, word).map(
    ([id, name, key]): Step =>
      ({ handlers }) =>
        handlers['source.put']({ ...sure, id, value: sourceSchema.parse({ name, writeKey: `key-${key}` }) }, call()),
  ),
  sourceId.map(
    (id): Step =>
      ({ handlers }) =>
        handlers['source.remove']({ ...sure, id, confirm: id }, call()),
  ),
  fc.tuple(destinationId, word, someSources).map(
    ([id, name, sources]): Step =>
      ({ handlers }) =>
        handlers['destination.put']({ ...sure, id, value: hook({ name, sources }) }, call()),
  ),
  destinationId.map(
    (id): Step =>
      ({ handlers }) =>
        handlers['destination.remove']({ ...sure, id, confirm: id }, call()),
  ),
  fc.tuple(destinationId, word).map(
    ([id, owner]): Step =>
      ({ handlers }) =>
        handlers['destination.claim']({ ...sure, id, owner }, call()),
  ),
  fc.tuple(flagId, word).map(
    ([id, description]): Step =>
      ({ handlers }) =>
        handlers['flag.put'](
          { ...sure, id, value: flagSchema.parse({ description, variants: { on: true, off: false }, defaultVariant: 'off' }) },
          call(),
        ),
  ),
  flagId.map(
    (id): Step =>
      ({ handlers }) =>
        handlers['flag.remove']({ ...sure, id, confirm: id }, call()),
  ),
  fc.tuple(word, someSources).map(
    ([name, sources]): Step =>
      ({ handlers }) =>
        handlers['plan.put']({ ...sure, id: 'orders', value: planSchema.parse({ name, sources }) }, call()),
  ),
  fc.constant<Step>(({ handlers }) => handlers['plan.remove']({ ...sure, id: 'orders', confirm: 'orders' }, call())),
  fc.tuple(word, someSources).map(
    ([name, sources]): Step =>
      ({ handlers }) =>
        handlers['redaction.put'](
          {
            ...sure,
            id: 'cards',
            value: redactionSchema.parse({
              name,
              sources,
              rules: [{ id: 'card', match: { by: 'pattern', pattern: 'card' }, action: 'mask' }],
            }),
          },
          call(),
        ),
  ),
  fc.tuple(destinationId, word).map(
    ([id, category]): Step =>
      ({ handlers }) =>
        handlers['consent.put']({ ...sure, id, value: consentSchema.parse({ categories: [category] }) }, call()),
  ),
  fc.integer({ min: 0, max: 3 }).map(
    (drainDeadlineMs): Step =>
      ({ handlers }) =>
        handlers['settings.put']({ ...sure, value: settingsSchema.parse({ drainDeadlineMs }) }, call()),
  ),
  fc.tuple(destinationId, fc.constantFrom('park' as const, 'flow' as const)).map(
    ([destination, mode]): Step =>
      ({ store }) => {
        const value = switchSchema.parse({ scope: { type: 'destination', destination }, mode });
        return store.commit([{ kind: 'switch', id: `destination:${destination}`, value }], {
          by: 'ada',
          action: 'switch.set',
          target: '',
          reason: '',
          commandId: null,
        });
      },
  ),
  destinationId.map(
    (destination): Step =>
      ({ handlers, store, seal }) => {
        const version = store.history('credential', destination, 1000).length + 1;
        return handlers['credential.bind']({ ...sure, destination, version, sealed: seal({ destination, version }) }, call());
      },
  ),
  word.map(
    (name): Step =>
      ({ handlers }) =>
        handlers['restorePoint.create']({ dryRun: false, name }, call()),
  ),
);
const history = fc.array(step, { maxLength: 12 });

async function play(room: Room, steps: readonly Step[]): Promise<void> {
  // Refusals are part of a history.
  for (const each of steps) {
    room.clock.now += 1000;
    await each(room);
  }
}

function snapshot({ store }: { readonly store: DocumentStore }, kinds: Iterable<DocumentKind> = restorableKinds): Snapshot {
  return Object.fromEntries([...kinds].flatMap((kind) => store.list(kind).map(({ id, value }) => [`${kind}/${id}`, canonicalJson(value)])));
}

const apply = (room: Room, id: string, more: object = {}) =>
  room.handlers['restorePoint.apply']({ ...sure, id, confirm: 'the point', ...more }, call());
const undo = (room: Room, id: string) => room.handlers['restorePoint.apply']({ ...sure, id, confirm: id }, call());
const makePoint = (room: Room) =>
  unwrap(room.handlers['restorePoint.create']({ dryRun: false, name: 'the point' }, call()) as Result<{ id: string }>).id;

const drivers: readonly (readonly [string, number, (folder: string) => DocumentStore])[] = [
  ['memory', 60, () => createMemoryStore(() => startAt)],
  ['sqlite', 12, (folder) => unwrap(openSqliteStore({ file: join(folder, `${Math.random()}.db`), now: () => startAt }))],
];

for (const [name, numRuns, open] of drivers) {
  describe(`restore points over any history, ${name} store`, () => {
    async function inRoom(work: (room: Room, folder: string) => Promise<void>): Promise<void> {
      const folder = mkdtempSync(join(tmpdir(), 'sluice-restore-'));
      const room = await createControlRoom({ store: open(folder), keepsSealed: true });
      await work(room, folder).finally(() => {
        room.store.close();
        rmSync(folder, { recursive: true });
      });
    }

    it('brings back exactly what there was, opens no switch, and the undo brings back exactly what there is', async () => {
      const property = fc.asyncProperty(history, history, (before, after) =>
        inRoom(async (room) => {
          await play(room, before);
          const point = makePoint(room);
          const was = snapshot(room);
          await play(room, after);
          const is = snapshot(room);
          const switches = snapshot(room, ['switch']);
          const applied = unwrap(await apply(room, point));
          expect(snapshot(room)).toEqual(was);
          expect(snapshot(room, ['switch'])).toEqual(switches);
          if (applied.undo === null) expect(is).toEqual(was);
          else unwrap(await undo(room, applied.undo));
          expect(snapshot(room)).toEqual(is);
          expect(snapshot(room, ['switch'])).toEqual(switches);
        }),
      );
      await fc.assert(property, { numRuns });
    });

    it('never brings a secret back', async () => {
      const property = fc.asyncProperty(history, history, (before, after) =>
        inRoom(async (room) => {
          await play(room, before);
          const point = makePoint(room);
          await play(room, after);
          const secrets = snapshot(room, ['credential']);
          unwrap(await apply(room, point));
          for (const [credential, value] of Object.entries(snapshot(room, ['credential']))) expect(value).toBe(secrets[credential]);
        }),
      );
      await fc.assert(property, { numRuns });
    });

    it('brings back what was chosen and nothing else, or refuses and changes nothing', async () => {
      const property = fc.asyncProperty(history, history, fc.infiniteStream(fc.boolean()), (before, after, choose) =>
        inRoom(async (room) => {
          await play(room, before);
          const point = makePoint(room);
          const was = snapshot(room);
          await play(room, after);
          const is = snapshot(room);
          const differing = unwrap(
            await room.handlers['restorePoint.diff']({ from: { type: 'now' }, to: { type: 'point', id: point } }, call()),
          );
          const documents = differing.documents
            .filter(({ isRestorable }) => isRestorable && choose.next().value)
            .map(({ kind, id }) => ({ kind, id }));
          const applied = await apply(room, point, { documents });
          const chosen = new Set(documents.map(({ kind, id }) => `${kind}/${id}`));
          const expected = Object.fromEntries([
            ...Object.entries(was).filter(([each]) => chosen.has(each)),
            ...Object.entries(is).filter(([each]) => !chosen.has(each)),
          ]);
          expect(snapshot(room)).toEqual(applied.ok ? expected : is);
          if (!applied.ok) expect(applied.error.code).toBe('RESTORE_INVALID');
        }),
      );
      await fc.assert(property, { numRuns });
    });

    it('carries a set-up into an empty gateway, after which nothing differs', async () => {
      const property = fc.asyncProperty(history, (before) =>
        inRoom(async (room, folder) => {
          await play(room, before);
          const { text } = unwrap(await room.handlers['restorePoint.export']({ of: { type: 'now' }, leaveOut: [] }, call()));
          expect(text).not.toContain('owner:');
          const empty = await createControlRoom({ store: open(folder) });
          const imported = unwrap(
            await empty.handlers['restorePoint.import']({ ...sure, text, leaveOut: [], confirm: 'embedded' }, call()),
          );
          const again = unwrap(await empty.handlers['restorePoint.import']({ ...sure, dryRun: true, text, leaveOut: [] }, call()));
          expect(again.comparison.documents).toEqual([]);
          expect(snapshot(empty)).toEqual(withoutOwners(snapshot(room)));
          expect(imported.comparison.credentials.map(({ destination }) => destination).sort()).toEqual(
            room.store
              .list('credential')
              .map(({ id }) => id)
              .filter((id) => room.store.get('destination', id)?.value != null),
          );
          empty.store.close();
        }),
      );
      await fc.assert(property, { numRuns });
    });
  });
}

/** Who looks after a destination is a person, and in no file. */
function withoutOwners(documents: Snapshot): Snapshot {
  return Object.fromEntries(Object.entries(documents).map(([name, value]) => [name, value.replace(/"owner":"\w+",/, '')]));
}
