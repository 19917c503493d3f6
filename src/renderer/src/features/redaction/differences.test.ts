import { expect, it } from 'vitest';
import { differences } from './differences.ts';

it('finds what is gone, what is different and what is new, however deep', () => {
  const before = { traits: { phone: '1', mail: 'a' }, items: [{ note: 'long' }, { note: 'x' }], 'a/b': 1, same: { deep: [1, 2] } };
  const after = { traits: { mail: 'h_1' }, items: [{ note: 'lo' }, { note: 'x' }], 'a/b': 1, same: { deep: [1, 2] }, fresh: true };
  expect(differences(before, after)).toEqual({
    before: new Map([
      ['/traits/phone', 'gone'],
      ['/traits/mail', 'changed'],
      ['/items/0/note', 'changed'],
    ]),
    after: new Set(['/traits/mail', '/items/0/note', '/fresh']),
  });
  expect(differences(before, before).before.size).toBe(0);
});
