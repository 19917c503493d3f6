/** What every driver must answer of states that documents were in. */
import { expect, it } from 'vitest';
import type { DocumentKind } from '#contract/documents/document.ts';
import type { DocumentStore } from '../document-store.ts';
import { putSource, removeSource, someone } from './conformance-acts.ts';

const sources: ReadonlySet<DocumentKind> = new Set<DocumentKind>(['source']);

export function moments(fresh: () => DocumentStore): void {
  const names = (store: DocumentStore, after: number, through: number) =>
    store
      .changedBetween(after, through, sources)
      .map(({ before, after: then }) => [
        then.id,
        before?.revision ?? 0,
        then.revision,
        then.value === null ? null : Reflect.get(then.value, 'name'),
      ]);

  it('tell which documents are not what they were, with both', () => {
    const store = fresh();
    store.commit([putSource('web', 'one'), putSource('app', 'one')], someone());
    store.commit([putSource('web', 'two')], someone());
    store.commit([removeSource('app')], someone());
    expect(store.headSeq()).toBe(3);
    expect(names(store, 1, 3)).toEqual([
      ['app', 1, 2, null],
      ['web', 1, 2, 'two'],
    ]);
    expect(names(store, 0, 1)).toEqual([
      ['app', 0, 1, 'one'],
      ['web', 0, 1, 'one'],
    ]);
    expect(names(store, 2, 2)).toEqual([]);
    expect(store.changedBetween(0, 3, new Set<DocumentKind>(['flag']))).toEqual([]);
    store.close();
  });

  it('leave out what is again what it was', () => {
    const store = fresh();
    store.commit([putSource('web', 'one')], someone());
    store.commit([putSource('web', 'two'), putSource('app', 'new')], someone());
    store.commit([putSource('web', 'one'), removeSource('app')], someone());
    expect(names(store, 1, 3)).toEqual([]);
    expect([store.countChanged(0, sources), store.countChanged(1, sources), store.countChanged(2, sources)]).toEqual([1, 0, 2]);
    store.close();
  });

  it('are found by their time: the last entry that was written by then', () => {
    const store = fresh();
    store.commit([putSource('web', 'one')], someone(null, { at: 1000 }));
    store.commit([putSource('web', 'two')], someone(null, { at: 2000 }));
    expect([999, 1000, 1999, 2000, 9999].map((at) => store.seqAt(at))).toEqual([0, 1, 1, 2, 2]);
    store.close();
  });
}
