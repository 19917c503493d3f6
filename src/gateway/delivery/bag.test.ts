import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bag } from './bag.ts';

describe('a bag', () => {
  it('holds what was added and not yet removed, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40), { maxLength: 200 }), (steps) => {
        const bag = new Bag<{ slot: number }>();
        const model: { slot: number }[] = [];
        for (const step of steps) {
          const known = step % 3 === 0 ? undefined : model[step % (model.length || 1)];
          if (known) {
            bag.remove(known);
            model.splice(model.indexOf(known), 1);
          } else {
            const item = { slot: 0 };
            bag.add(item);
            model.push(item);
          }
          expect(bag.size).toBe(model.length);
          expect(new Set(bag.all())).toEqual(new Set(model));
        }
      }),
    );
  });

  it('does not take out what is not in it', () => {
    const bag = new Bag<{ slot: number }>();
    const item = { slot: 0 };
    bag.add(item);
    bag.remove(item);
    expect(() => bag.remove(item)).toThrow('not in the bag');
  });
});
