import { describe, expect, it } from 'vitest';
import { planSchema } from '#contract/documents/plan.ts';
import { consequencesOf, draftOf, freeKey, planOf } from './draft.ts';

const plan = planSchema.parse({
  name: 'Web',
  mode: 'quarantine',
  events: { Order: { schema: { required: ['total'] } }, Refund: { mode: 'block', schema: {} } },
});

describe('the draft of a tracking plan', () => {
  it('comes back as it went in', () => {
    expect(planOf(draftOf(plan))).toEqual({ value: plan, problems: new Map() });
  });

  it('says of each event what keeps it from being saved', () => {
    const drawn = planOf({
      ...draftOf(plan),
      name: ' ',
      events: [
        { key: 'a', name: 'Order', mode: null, text: '{ "required": ["total" }' },
        { key: 'b', name: ' ', mode: null, text: '{}' },
        { key: 'c', name: 'Refund', mode: null, text: '[]' },
        { key: 'd', name: 'Visit', mode: null, text: '{}' },
        { key: 'e', name: 'Visit', mode: null, text: '{}' },
      ],
    });
    expect(drawn.value).toBeNull();
    expect(Object.fromEntries(drawn.problems)).toMatchObject({
      a: 'line 1: } does not belong here',
      b: 'the event needs a name',
      c: 'a schema is an object: { … }',
      e: 'the plan has Visit already',
    });
    expect(drawn.problems.has('name')).toBe(true);
    expect(drawn.problems.has('d')).toBe(false);
  });

  it('names what is turned away only once it begins to be', () => {
    expect(consequencesOf({ ...draftOf(plan), mode: 'block' }, plan)).toHaveLength(1);
    expect(consequencesOf(draftOf({ ...plan, mode: 'block' }), { ...plan, mode: 'block' })).toEqual([]);
    expect(consequencesOf(draftOf(plan), null)).toEqual(['Refund is turned away from now on where it breaks its schema.']);
  });

  it('gives a new event a key of its own', () => {
    const events = [{ key: 'new 2', name: '', mode: null, text: '{}' }];
    expect(freeKey(events)).toBe('new 3');
  });
});
