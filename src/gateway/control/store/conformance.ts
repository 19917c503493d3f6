/** What every driver of the document store must do. Each driver's test runs it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { destinationSchema } from '#contract/documents/destination.ts';
import type { Document } from '#contract/documents/document.ts';
import type { AuditEntry } from '#contract/operations/system.ts';
import type { Change, DocumentStore } from '../document-store.ts';
import { canonicalJson, sha256 } from './canonical.ts';
import { putSource, removeSource, someone, source } from './conformance-acts.ts';
import { moments } from './conformance-moments.ts';

const startAt = 1_750_000_000_000;

export function documentStoreConformance(name: string, open: (now: () => number) => DocumentStore): void {
  const fresh = () => {
    let now = startAt;
    return open(() => now++);
  };
  describe(`${name} document store: revisions`, () => revisions(fresh));
  describe(`${name} document store: values`, () => values(fresh));
  describe(`${name} document store: changes`, () => changes(fresh));
  describe(`${name} document store: commands`, () => commands(fresh));
  describe(`${name} document store: audit`, () => audit(fresh));
  describe(`${name} document store: moments`, () => moments(fresh));
  describe(`${name} document store: any history`, () => histories(fresh));
}

function revisions(fresh: () => DocumentStore): void {
  it('keeps every revision, newest first, with who and why', () => {
    const store = fresh();
    store.commit([putSource('web', 'one')], someone());
    store.commit([putSource('web', 'two')], someone(null, { by: 'bob', reason: 'renamed' }));
    store.commit([removeSource('web')], someone());
    const history = store.history('source', 'web', 10);
    expect(history.map((document) => [document.revision, document.value === null ? null : Reflect.get(document.value, 'name')])).toEqual([
      [3, null],
      [2, 'two'],
      [1, 'one'],
    ]);
    expect(history[1]).toMatchObject({ by: 'bob', reason: 'renamed', at: startAt + 1 });
    expect(store.history('source', 'web', 1)).toHaveLength(1);
    store.close();
  });

  it('lists what exists and remembers what was deleted', () => {
    const store = fresh();
    store.commit([putSource('web', 'w'), putSource('app', 'a')], someone());
    store.commit([removeSource('web')], someone());
    expect(store.list('source').map((document) => document.id)).toEqual(['app']);
    expect(store.deleted('source')).toMatchObject([{ id: 'web', revision: 2, value: null }]);
    expect(store.get('source', 'web')).toMatchObject({ revision: 2, value: null });
    expect(store.get('source', 'never')).toBeNull();
    store.close();
  });

  it('refuses an expectedRevision that is not the newest, and takes 0 for "not there"', () => {
    const store = fresh();
    expect(store.commit([putSource('web', 'one', 1)], someone())).toMatchObject({ ok: false, error: { code: 'DOCUMENT_CONFLICT' } });
    expect(store.commit([putSource('web', 'one', 0)], someone()).ok).toBe(true);
    expect(store.commit([putSource('web', 'two', 0)], someone())).toMatchObject({
      ok: false,
      error: { code: 'DOCUMENT_CONFLICT', details: { revision: 1, by: 'ada' } },
    });
    expect(store.commit([removeSource('web', 1)], someone()).ok).toBe(true);
    expect(store.commit([putSource('web', 'again', 0)], someone())).toMatchObject({ ok: true, value: [{ revision: 3 }] });
    store.close();
  });

  it('writes all changes of a commit or none', () => {
    const store = fresh();
    const result = store.commit([putSource('web', 'one'), putSource('app', 'two', 7)], someone());
    expect(result.ok).toBe(false);
    expect(store.get('source', 'web')).toBeNull();
    expect(store.audit(null, 10)).toEqual([]);
    expect(store.commit([removeSource('web')], someone())).toMatchObject({ ok: false, error: { code: 'DOCUMENT_NOT_FOUND' } });
    store.close();
  });
}

function changes(fresh: () => DocumentStore): void {
  const told = ({ changes: page }: ReturnType<DocumentStore['changes']>) =>
    page.map(({ document, before }) => [document.id, before?.revision ?? 0, document.revision]);

  it('are told across documents, newest first, each beside the one before, page by page', () => {
    const store = fresh();
    store.commit([putSource('web', 'one')], someone());
    store.commit([putSource('app', 'two'), putSource('web', 'three')], someone(null, { by: 'bob', action: 'config.apply' }));
    store.commit([removeSource('web')], someone());
    const first = store.changes({}, null, 2);
    expect(told(first)).toEqual([
      ['web', 2, 3],
      ['web', 1, 2],
    ]);
    expect(first.changes[1]).toMatchObject({ action: 'config.apply', before: { value: { name: 'one' } }, document: { by: 'bob' } });
    const rest = store.changes({}, first.next, 10);
    expect(told(rest)).toEqual([
      ['app', 0, 1],
      ['web', 0, 1],
    ]);
    expect(rest.next).toBeNull();
    expect(store.revision('source', 'web', 2)).toMatchObject({ value: { name: 'three' } });
    expect(store.revision('source', 'web', 9)).toBeNull();
    store.close();
  });

  it('are found by kind, id, who and when', () => {
    const store = fresh();
    store.commit([putSource('web', 'one')], someone());
    store.commit([putSource('app', 'two')], someone(null, { by: 'bob' }));
    const second = store.get('source', 'app')?.at ?? 0;
    const found = (filter: Parameters<DocumentStore['changes']>[0]) => told(store.changes(filter, null, 10)).map(([id]) => id);
    expect(found({ kinds: ['source'] })).toEqual(['app', 'web']);
    expect(found({ kinds: ['switch', 'flag'] })).toEqual([]);
    expect(found({ id: 'web' })).toEqual(['web']);
    expect(found({ by: 'bob' })).toEqual(['app']);
    expect(found({ fromMs: second })).toEqual(['app']);
    expect(found({ toMs: second })).toEqual(['web']);
    store.close();
  });

  it('are looked for in steps: a page may be empty and still lead on', () => {
    const store = fresh();
    store.commit([putSource('old', 'old')], someone());
    for (let turn = 0; turn < 12; turn++)
      store.commit(
        Array.from({ length: 500 }, (_, index) => putSource('web', `turn ${turn} ${index}`)),
        someone(),
      );
    const first = store.changes({ id: 'old' }, null, 10);
    expect(first).toMatchObject({ changes: [], next: expect.any(Number) });
    expect(told(store.changes({ id: 'old' }, first.next, 10))).toEqual([['old', 0, 1]]);
    // Of one document they are found at once.
    expect(told(store.changes({ kinds: ['source'], id: 'old' }, null, 10))).toEqual([['old', 0, 1]]);
    store.close();
  });
}

function values(fresh: () => DocumentStore): void {
  it('fills defaults in, freezes what it hands out and refuses what its schema does not know', () => {
    const store = fresh();
    const sparse = { name: 'Mail', connector: 'webhook' };
    const written = store.commit([{ kind: 'destination', id: 'mail', value: destinationSchema.parse(sparse) }], someone());
    expect(written.ok && written.value[0]?.value).toEqual(destinationSchema.parse(sparse));
    expect(Object.isFrozen(store.get('destination', 'mail')?.value?.delivery)).toBe(true);
    const wrong = { ...source('web'), colour: 'red' };
    expect(store.commit([{ kind: 'source', id: 'web', value: wrong }], someone())).toMatchObject({
      ok: false,
      error: { code: 'INPUT_INVALID' },
    });
    expect(store.get('source', 'web')).toBeNull();
    store.close();
  });

  it('refuses a value nested too deeply instead of failing on it', () => {
    const store = fresh();
    let deep: unknown = 1;
    for (let level = 0; level < 5000; level++) deep = [deep];
    const value = { ...destinationSchema.parse({ name: 'x', connector: 'webhook' }), settings: { deep } };
    expect(store.commit([{ kind: 'destination', id: 'x', value }], someone())).toMatchObject({
      ok: false,
      error: { code: 'INPUT_INVALID' },
    });
    store.close();
  });

  it('keeps a credential sealed only in its newest revision', async () => {
    const store = fresh();
    const credential = (version: number): Change => ({
      kind: 'credential',
      id: 'mail',
      value: {
        destination: 'mail',
        connector: 'webhook',
        version,
        origin: 'https://a.example',
        fingerprint: 'abcd',
        from: 'desk',
        sealed: `sealed-${version}`,
      },
    });
    store.commit([credential(1)], someone());
    store.commit([credential(2)], someone());
    const sealed = () =>
      store.history('credential', 'mail', 10).map((document) => (document.value === null ? 'gone' : Reflect.get(document.value, 'sealed')));
    expect(sealed()).toEqual(['sealed-2', null]);
    store.commit([{ kind: 'credential', id: 'mail', value: null }], someone());
    expect(sealed()).toEqual(['gone', null, null]);
    expect((await store.verifyAudit()).intact).toBe(true);
    store.close();
  });
}

function commands(fresh: () => DocumentStore): void {
  it('answers a known command with its first outcome and applies nothing', () => {
    const store = fresh();
    const first = store.commit([putSource('web', 'one', 0)], someone('command-1'));
    store.commit([putSource('web', 'two')], someone('command-2'));
    expect(store.commit([putSource('web', 'one', 0)], someone('command-1'))).toEqual(first);
    expect(store.get('source', 'web')).toMatchObject({ revision: 2 });
    expect(store.outcome('command-1')).toMatchObject({ seq: 1, outcome: 'applied', target: 'source/web' });
    expect(store.outcome('command-9')).toBeNull();
    store.close();
  });

  it('answers a refused command with the same refusal, and keeps its one entry', () => {
    const store = fresh();
    store.note(someone('command-1'), 'DOCUMENT_IN_USE');
    store.note(someone('command-1'), 'DOCUMENT_IN_USE');
    expect(store.commit([putSource('web', 'one')], someone('command-1'))).toMatchObject({ ok: false, error: { code: 'DOCUMENT_IN_USE' } });
    expect(store.audit(null, 10)).toHaveLength(1);
    store.close();
  });

  it('refuses a command id that was used for something else', () => {
    const store = fresh();
    store.commit([putSource('web', 'one')], someone('command-1'));
    expect(store.commit([putSource('app', 'two')], someone('command-1', { target: 'source/app' }))).toMatchObject({
      ok: false,
      error: { code: 'COMMAND_ID_REUSED' },
    });
    expect(store.note(someone('command-1', { action: 'audit.note' }), 'noted')).toMatchObject({
      ok: false,
      error: { code: 'COMMAND_ID_REUSED' },
    });
    store.close();
  });

  it('tells watchers after each commit, in order, also of what a watcher itself commits', () => {
    const store = fresh();
    const heard: string[] = [];
    const write = (who: string) => (documents: readonly Document[], entry: AuditEntry) =>
      heard.push(`${who} ${entry.seq} ${documents.map((document) => document.id).join()}`);
    const stop = store.watch((documents, entry) => {
      write('first')(documents, entry);
      expect(store.get('source', 'web')?.revision).toBe(1);
      if (entry.seq === 1) store.commit([putSource('app', 'two')], someone());
    });
    store.watch(write('second'));
    store.commit([putSource('web', 'one')], someone());
    expect(heard).toEqual(['first 1 web', 'second 1 web', 'first 2 app', 'second 2 app']);
    stop();
    store.note(someone(), 'noted');
    expect(heard.at(-1)).toBe('second 3 ');
    store.close();
  });
}

function audit(fresh: () => DocumentStore): void {
  it('chains each entry to the one before by SHA-256 over the previous hash and canonical JSON', async () => {
    const store = fresh();
    store.commit([putSource('web', 'one')], someone('command-1'));
    store.note(someone(), 'AUTH_FORBIDDEN');
    const [second, first] = store.audit(null, 10);
    if (first === undefined || second === undefined) throw new Error('two entries were written');
    const { hash: firstHash, ...firstEntry } = first;
    const { hash: secondHash, ...secondEntry } = second;
    // Worked out again from what a person can export, so that the chain can be checked without Sluice.
    expect(firstHash).toBe(sha256('0'.repeat(64) + canonicalJson(firstEntry)));
    expect(secondHash).toBe(sha256(firstHash + canonicalJson({ ...secondEntry, changes: undefined })));
    const { kind, id, revision, value, at, by, reason } = store.history('source', 'web', 1)[0] ?? expect.fail('written above');
    expect(first.changes).toEqual([{ kind, id, revision, digest: sha256(canonicalJson({ kind, id, revision, value, at, by, reason })) }]);
    expect(await store.verifyAudit()).toEqual({ intact: true, entries: 2, brokenAt: null, head: secondHash });
    store.close();
  });

  it('pages backwards', () => {
    const store = fresh();
    for (let index = 0; index < 7; index++) store.note(someone(), 'noted');
    expect(store.audit(null, 3).map((entry) => entry.seq)).toEqual([7, 6, 5]);
    expect(store.audit(5, 3).map((entry) => entry.seq)).toEqual([4, 3, 2]);
    store.close();
  });

  it('verifies what was there at the call while more is written', async () => {
    const store = fresh();
    for (let index = 0; index < 250; index++) store.commit([putSource('web', `name-${index}`)], someone());
    const verdict = store.verifyAudit();
    store.commit([putSource('web', 'meanwhile')], someone());
    expect(await verdict).toMatchObject({ intact: true, entries: 250 });
    store.close();
  });

  it('verifies an empty trail and one longer than a page', async () => {
    const store = fresh();
    expect(await store.verifyAudit()).toMatchObject({ intact: true, entries: 0, head: '0'.repeat(64) });
    for (let index = 0; index < 1203; index++) store.note(someone(), 'noted');
    expect(await store.verifyAudit()).toMatchObject({ intact: true, entries: 1203 });
    store.close();
  });
}

/** A step of a random history: two ids, edits with and without an expectation, removals, repeats. */
const step = fc.record({
  id: fc.constantFrom('web', 'app'),
  name: fc.constantFrom('a', 'b', 'c', null),
  expected: fc.option(fc.nat(4), { nil: undefined }),
  commandId: fc.option(fc.constantFrom('command-a', 'command-b'), { nil: null }),
  isNote: fc.boolean(),
});

function histories(fresh: () => DocumentStore): void {
  it('always verifies, counts revisions without gaps and shows the newest', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const store = fresh();
        for (const { id, name, expected, commandId, isNote } of steps) {
          const attribution = someone(commandId, { target: `source/${id}` });
          if (isNote) store.note(attribution, 'DOCUMENT_IN_USE');
          else store.commit([name === null ? removeSource(id, expected) : putSource(id, name, expected)], attribution);
        }
        for (const id of ['web', 'app']) {
          const history = store.history('source', id, 100);
          expect(history.map((document) => document.revision)).toEqual(history.map((_, index) => history.length - index));
          expect(store.get('source', id)).toEqual(history[0] ?? null);
        }
        expect((await store.verifyAudit()).intact).toBe(true);
        store.close();
      }),
      { numRuns: 50 },
    );
  });

  it('never loses an edit silently: of editors who looked at the same revision, one wins and the others are told', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ editor: fc.nat(3), looks: fc.boolean() }), { maxLength: 40 }), (turns) => {
        const store = fresh();
        const seen = [0, 0, 0, 0];
        const applied: string[] = [];
        turns.forEach(({ editor, looks }, turn) => {
          if (looks) {
            seen[editor] = store.get('source', 'web')?.revision ?? 0;
            return;
          }
          const before = store.get('source', 'web')?.revision ?? 0;
          const result = store.commit([putSource('web', `turn-${turn}`, seen[editor])], someone());
          expect(result.ok).toBe(seen[editor] === before);
          if (result.ok) applied.push(`turn-${turn}`);
        });
        const kept = store
          .history('source', 'web', 100)
          .map((document) => (document.value === null ? '' : Reflect.get(document.value, 'name')));
        expect(kept.reverse()).toEqual(applied);
        store.close();
      }),
      { numRuns: 50 },
    );
  });
}
