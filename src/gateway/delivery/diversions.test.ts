import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Switch, switchSchema } from '#contract/documents/switch.ts';
import { divertsLane, findCircle } from './diversions.ts';

const divert = (from: string, to: string): Switch =>
  switchSchema.parse({ scope: { type: 'destination', destination: from }, mode: 'divert', to });
const names = ['a', 'b', 'c', 'd'];

describe('divert switches', () => {
  it('may form a chain, and may meet', () => {
    expect(findCircle([divert('a', 'b'), divert('b', 'c'), divert('d', 'c')], names)).toBeNull();
  });

  it('never lead back', () => {
    expect(findCircle([divert('a', 'b'), divert('b', 'c'), divert('c', 'a')], names)).toEqual(['a', 'b', 'c', 'a']);
  });

  it('of everything leave their target alone, but nothing may leave the target again', () => {
    const all = switchSchema.parse({ scope: { type: 'everything' }, mode: 'divert', to: 'a' });
    expect(findCircle([all], names)).toBeNull();
    expect(findCircle([all, divert('a', 'b')], names)).toEqual(['a', 'b', 'a']);
  });

  it('of a source and of an event name are a circle where they may meet in one event', () => {
    const source = switchSchema.parse({ scope: { type: 'source', source: 'web' }, mode: 'divert', to: 'a' });
    const event = switchSchema.parse({ scope: { type: 'event', event: 'Order' }, mode: 'divert', to: 'b' });
    expect(findCircle([source, event], names)).not.toBeNull();
  });

  it('without a circle bring every event to rest', () => {
    const name = fc.constantFrom(...names);
    const scope = fc.oneof(
      fc.constant({ type: 'everything' }),
      name.map((destination) => ({ type: 'destination', destination })),
    );
    const drawn = fc.record({ scope, mode: fc.constantFrom('divert', 'park'), to: name });
    fc.assert(
      fc.property(fc.array(drawn, { maxLength: 6 }), (values) => {
        const switches = values.map((value): Switch => switchSchema.parse(value));
        if (findCircle(switches, names) !== null) return;
        for (const start of names) {
          let reached = new Set([start]);
          for (let hop = 0; hop < names.length; hop++)
            reached = new Set([...reached].flatMap((lane) => switches.flatMap((each) => (divertsLane(each, lane) ? (each.to ?? []) : []))));
          expect([...reached]).toEqual([]);
        }
      }),
    );
  });
});
