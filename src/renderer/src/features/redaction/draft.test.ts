import { describe, expect, it } from 'vitest';
import { redactionSchema } from '#contract/documents/redaction.ts';
import { draftOf, moved, newRule, redactionOf, ruleWords } from './draft.ts';

const redaction = redactionSchema.parse({
  name: 'Personal data',
  sources: ['web'],
  rules: [
    { id: 'mail', match: { by: 'pattern', pattern: 'email' }, action: 'hash' },
    { id: 'card', match: { by: 'pattern', pattern: 'card' }, action: 'mask', keep: 4 },
    { id: 'phone', match: { by: 'path', path: '$.traits.phone' }, action: 'drop' },
  ],
});

describe('the draft of redaction rules', () => {
  it('comes back as it went in', () => {
    expect(redactionOf(draftOf(redaction))).toEqual({ value: redaction, problems: new Map() });
  });

  it('says at which rule something is wrong', () => {
    const draft = draftOf(redaction);
    const [mail, card, phone] = draft.rules;
    if (mail === undefined || card === undefined || phone === undefined) throw new Error('rules are gone');
    const drawn = redactionOf({ ...draft, rules: [mail, { ...card, id: 'mail' }, { ...phone, path: '' }] });
    expect(drawn.value).toBeNull();
    expect([...drawn.problems.keys()]).toEqual(expect.arrayContaining(['rules.1.id', 'rules.2.match.path']));
    expect(redactionOf({ ...draft, rules: [] }).problems.has('rules')).toBe(true);
  });

  it('forgets how much to keep where the action keeps nothing', () => {
    const [, card] = draftOf(redaction).rules;
    if (card === undefined) throw new Error('rules are gone');
    const drawn = redactionOf({ ...draftOf(redaction), rules: [{ ...card, action: 'hash' }] });
    expect(drawn.value?.rules[0]).toMatchObject({ action: 'hash', keep: 0 });
  });

  it('moves a rule, but not over the ends, and gives a new one its own id', () => {
    const { rules } = draftOf(redaction);
    const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);
    expect(ids(moved(rules, 0, 1))).toEqual(['card', 'mail', 'phone']);
    expect(ids(moved(rules, 2, 1))).toEqual(['mail', 'card', 'phone']);
    expect(newRule([...rules, { ...newRule(rules), id: 'other' }]).id).toBe('rule-5');
  });

  it('can be said in a few words', () => {
    expect(redaction.rules.map(ruleWords)).toEqual(['hash e-mail addresses', 'mask payment card numbers', 'drop $.traits.phone']);
  });
});
