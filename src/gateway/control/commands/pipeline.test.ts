import { describe, expect, it } from 'vitest';
import { planSchema } from '#contract/documents/plan.ts';
import { redactionSchema } from '#contract/documents/redaction.ts';
import { call, codeOf, createControlRoom, hook, unwrap, webSource } from '../testing/control-room.ts';

const plain = { dryRun: false };
const plan = (more: object = {}) => planSchema.parse({ name: 'Web', ...more });
const rules = (more: object = {}) =>
  redactionSchema.parse({ name: 'PII', rules: [{ id: 'ssn', match: { by: 'path', path: '$..ssn' }, action: 'drop' }], ...more });

async function room() {
  const made = await createControlRoom();
  unwrap(await made.handlers['source.put']({ ...plain, id: 'web', value: webSource }, call()));
  unwrap(await made.handlers['destination.put']({ ...plain, id: 'hook', value: hook() }, call()));
  return made;
}

describe('tracking plans', () => {
  it('are written with every revision kept, and go back to an earlier one only if it still holds', async () => {
    const { handlers, store } = await room();
    unwrap(await handlers['plan.put']({ ...plain, id: 'one', value: plan({ sources: ['web'] }) }, call()));
    unwrap(await handlers['plan.put']({ ...plain, id: 'one', value: plan() }, call()));
    unwrap(await handlers['plan.put']({ ...plain, id: 'two', value: plan({ sources: ['web'] }) }, call()));
    const back = { ...plain, kind: 'plan' as const, id: 'one', toRevision: 1 };
    expect(codeOf(await handlers['document.revert'](back, call()))).toBe('INPUT_INVALID');
    unwrap(await handlers['plan.remove']({ ...plain, id: 'two', reason: 'gone', confirm: 'two' }, call()));
    unwrap(await handlers['document.revert'](back, call()));
    expect(store.get('plan', 'one')).toMatchObject({ revision: 3, value: { sources: ['web'] } });
  });

  it('name a source that exists, and that no other plan has', async () => {
    const { handlers } = await room();
    expect(codeOf(await handlers['plan.put']({ ...plain, id: 'one', value: plan({ sources: ['ios'] }) }, call()))).toBe('INPUT_INVALID');
    unwrap(await handlers['plan.put']({ ...plain, id: 'one', value: plan({ sources: ['web'] }) }, call()));
    expect(codeOf(await handlers['plan.put']({ ...plain, id: 'two', value: plan({ sources: ['web'] }) }, call()))).toBe('INPUT_INVALID');
    unwrap(await handlers['plan.put']({ ...plain, id: 'one', value: plan({ sources: ['web'], mode: 'block' }) }, call()));
  });

  it('are not removed without the name typed', async () => {
    const { handlers } = await room();
    unwrap(await handlers['plan.put']({ ...plain, id: 'one', value: plan() }, call()));
    expect(codeOf(await handlers['plan.remove']({ ...plain, id: 'one', reason: 'gone' }, call()))).toBe('CONFIRMATION_REQUIRED');
    expect(codeOf(await handlers['plan.remove']({ ...plain, id: 'two', reason: 'gone', confirm: 'two' }, call()))).toBe(
      'DOCUMENT_NOT_FOUND',
    );
  });
});

describe('redaction rules', () => {
  it('have paths that can be followed, sources that exist and ids of their own', async () => {
    const { handlers } = await room();
    const bad = rules({
      sources: ['ios'],
      rules: [
        { id: 'a', match: { by: 'path', path: 'ssn' }, action: 'drop' },
        { id: 'a', match: { by: 'pattern', pattern: 'card' }, action: 'mask' },
      ],
    });
    const refused = await handlers['redaction.put']({ ...plain, id: 'pii', value: bad }, call());
    expect(refused.ok ? [] : refused.error.details?.issues).toMatchObject([
      { path: 'value.sources.0' },
      { path: 'value.rules.0.match.path' },
      { path: 'value.rules.1.id' },
    ]);
    unwrap(await handlers['redaction.put']({ ...plain, id: 'pii', value: rules({ sources: ['web'] }) }, call()));
    unwrap(await handlers['redaction.remove']({ ...plain, id: 'pii', reason: 'over', confirm: 'pii' }, call()));
    expect(codeOf(await handlers['document.revert']({ ...plain, kind: 'redaction', id: 'pii', toRevision: 1 }, call()))).toBe('ok');
  });
});

describe('what a destination needs consent for', () => {
  it('is asked of destinations that exist, and outlives them', async () => {
    const { handlers, store } = await room();
    const value = { categories: ['ads'], match: 'all' as const, whenUnknown: 'deny' as const };
    expect(codeOf(await handlers['consent.put']({ ...plain, id: 'nowhere', value }, call()))).toBe('DOCUMENT_NOT_FOUND');
    unwrap(await handlers['consent.put']({ ...plain, id: 'hook', value }, call()));
    unwrap(await handlers['destination.remove']({ ...plain, id: 'hook', reason: 'moved', confirm: 'hook' }, call()));
    expect(store.get('consent', 'hook')?.value).toEqual(value);
    expect(codeOf(await handlers['consent.remove']({ ...plain, id: 'hook', confirm: 'hook' }, call()))).toBe('REASON_REQUIRED');
    unwrap(await handlers['consent.remove']({ ...plain, id: 'hook', reason: 'over', confirm: 'hook' }, call()));
  });
});
