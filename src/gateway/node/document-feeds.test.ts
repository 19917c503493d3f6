import { expect, it } from 'vitest';
import { sourceSchema } from '#contract/documents/source.ts';
import { createMemoryStore } from '#gateway/control/memory-store.ts';
import { createDocumentFeeds } from './document-feeds.ts';

const attribution = { by: 'ada', action: 'source.put', target: 'web', reason: '', commandId: null };

function seen(afterSeq: number | null): (store: ReturnType<typeof createMemoryStore>) => unknown[] {
  return (store) => {
    const items: unknown[] = [];
    const sink = { push: (pushed: readonly unknown[]) => void items.push(...pushed), pushJson: () => {}, end: () => {} };
    createDocumentFeeds(store)['document.changed']({ kind: 'source' }, sink, afterSeq)();
    return items;
  };
}

it('tells a subscriber that comes back what was deleted meanwhile, and a new one only what there is', () => {
  const store = createMemoryStore(() => 1000);
  const value = sourceSchema.parse({ name: 'Web', writeKey: 'web-key' });
  store.commit([{ kind: 'source', id: 'web', value }], attribution);
  store.commit([{ kind: 'source', id: 'app', value: { ...value, writeKey: 'app-key' } }], attribution);
  store.commit([{ kind: 'source', id: 'web', value: null }], attribution);
  expect(seen(1)(store)).toMatchObject([
    { id: 'app', revision: 1 },
    { id: 'web', revision: 2, value: null },
  ]);
  expect(seen(null)(store)).toMatchObject([{ id: 'app' }]);
  store.close();
});
