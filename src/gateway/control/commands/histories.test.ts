/** What holds for every kind of document after any history, over the real store and the real commands. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { diffValues } from '#contract/documents/diff.ts';
import type { Result } from '#contract/result.ts';
import { openSqliteStore } from '../sqlite-store.ts';
import { call, codeOf, createControlRoom, serviceOf, unwrap } from '../testing/control-room.ts';
import { createPerformer } from './perform.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-histories-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

/** Commands by name, over a store on disk. */
async function createDesk() {
  const clock = { now: 1_750_000_000_000 };
  const store = unwrap(openSqliteStore({ file: join(folder, `control-${files++}.db`), now: () => clock.now++ }));
  const { handlers } = await createControlRoom({ store });
  const service = serviceOf(handlers);
  const performer = createPerformer(() => service);
  const run = (name: string, input: object): Promise<Result<unknown>> => performer.run(name, { reason: 'a test', ...input }, call());
  return { store, run };
}

/** Kinds that commands write whole, with values that differ in what a revert could forget. */
const kinds = ['source', 'destination', 'flag', 'plan', 'redaction', 'settings'] as const;
type Kind = (typeof kinds)[number];

function madeUp(kind: Kind, name: string, more: number): object {
  switch (kind) {
    case 'source':
      return { name, writeKey: 'key-web', enabled: more % 2 === 0 };
    case 'destination':
      return { name, connector: 'webhook', endpoint: `https://hooks.example/${more}`, tags: more > 3 ? [`t${more}`] : [] };
    case 'flag':
      return { variants: { on: more, off: 0 }, defaultVariant: more % 2 === 0 ? 'on' : 'off', description: name };
    case 'plan':
      return { name, events: { [`Event ${more}`]: { schema: { type: 'object' } } } };
    case 'redaction':
      return { name, rules: [{ id: `rule-${more}`, match: { by: 'path', path: '$..ssn' }, action: 'drop' }] };
    case 'settings':
      return { environment: 'embedded', drainDeadlineMs: 1000 + more };
  }
}

type Step = { readonly kind: Kind; readonly act: 'put' | 'remove' | 'revert'; readonly name: string; readonly more: number };

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...kinds),
  act: fc.constantFrom('put', 'put', 'put', 'remove', 'revert'),
  name: fc.constantFrom('one', 'two', 'three'),
  more: fc.nat(9),
});

describe('any history', () => {
  it('can be gone back in: a revert gives everything that a revision had, removed ones and reverts too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), fc.nat(), async (steps, pick) => {
        const { store, run } = await createDesk();
        for (const { kind, act, name, more } of steps) {
          const id = kind === 'settings' ? 'gateway' : 'web';
          const to = { kind, id, toRevision: more + 1 };
          if (act === 'revert') await run('document.revert', to);
          else if (act === 'remove') await run(`${kind}.remove`, { id, confirm: id });
          else unwrap(await run(`${kind}.put`, { ...(kind === 'settings' ? {} : { id }), value: madeUp(kind, name, more) }));
        }
        for (const kind of kinds) {
          const id = kind === 'settings' ? 'gateway' : 'web';
          const history = store.history(kind, id, 100);
          const old = history[pick % Math.max(1, history.length)];
          if (old === undefined) continue;
          const back = await run('document.revert', { kind, id, toRevision: old.revision });
          if (old.value === null) {
            expect(codeOf(back)).toBe('DOCUMENT_NOT_REVERTIBLE');
            await run(`${kind}.remove`, { id, confirm: id });
          } else unwrap(back);
          expect(store.get(kind, id)?.value).toEqual(old.value);
          expect(diffValues(store.get(kind, id)?.value ?? null, old.value)).toEqual([]);
          // What was before is all still there.
          expect(store.history(kind, id, 100).slice(-history.length)).toEqual(history);
        }
        store.close();
      }),
      { numRuns: 40 },
    );
  });

  it('loses no edit silently: of two people who looked at the same revision one is told', async () => {
    const edit = fc.record({ who: fc.constantFrom('ada', 'bob', 'cy'), looks: fc.boolean(), more: fc.nat(9) });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 30 }), async (edits) => {
        const { store, run } = await createDesk();
        const seen = new Map<string, number>();
        let written = 0;
        for (const { who, looks, more } of edits) {
          const now = store.get('flag', 'web')?.revision ?? 0;
          if (looks || !seen.has(who)) seen.set(who, now);
          const expectedRevision = seen.get(who) ?? 0;
          const code = codeOf(await run('flag.put', { id: 'web', value: madeUp('flag', who, more), expectedRevision }));
          expect(code).toBe(expectedRevision === now ? 'ok' : 'DOCUMENT_CONFLICT');
          if (code === 'ok') written += 1;
          expect(store.get('flag', 'web')?.revision ?? 0).toBe(written);
        }
        expect(store.history('flag', 'web', 100)).toHaveLength(written);
        store.close();
      }),
      { numRuns: 40 },
    );
  });
});
