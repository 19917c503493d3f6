import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventTypes } from './event.ts';
import { createRouter, type RouteTarget, routeOrdinals } from './route.ts';

function target(overrides: Partial<RouteTarget> = {}): RouteTarget {
  return {
    id: 'board',
    ordinal: 0,
    enabled: true,
    sources: [],
    events: [],
    connector: { id: 'mixpanel', title: 'Mixpanel', eventTypes },
    ...overrides,
  };
}

const order = { source: 'web', type: 'track', name: 'Order' } as const;

describe('an event goes to', () => {
  it.each<[string, Partial<RouteTarget>, boolean]>([
    ['a destination without filters', {}, true],
    ['none that is disabled', { enabled: false }, false],
    ['one that takes its source', { sources: ['app', 'web'] }, true],
    ['none that takes other sources', { sources: ['app'] }, false],
    ['one that takes its name', { events: ['Order'] }, true],
    ['none that takes other names', { events: ['Refund'] }, false],
    ['none whose connector cannot express its type', { connector: { id: 'meta', title: 'Meta', eventTypes: ['page'] } }, false],
  ])('%s', (_what, overrides, expected) => {
    expect(routeOrdinals([target(overrides)], order)).toEqual(expected ? [0] : []);
  });

  it('several, in ascending order', () => {
    expect(routeOrdinals([target({ ordinal: 9 }), target({ ordinal: 2 })], order)).toEqual([2, 9]);
  });
});

describe("Segment's integrations object", () => {
  const targets = [
    target({ id: 'board', ordinal: 1 }),
    target({ id: 'ads', ordinal: 2, connector: { id: 'meta', title: 'Meta Conversions API', eventTypes } }),
  ];
  it.each<[unknown, number[]]>([
    [{}, [1, 2]],
    [undefined, [1, 2]],
    [{ All: true }, [1, 2]],
    [{ All: false }, []],
    [{ All: false, Mixpanel: true }, [1]],
    [{ all: false, 'meta conversions api': { pixel: 1 } }, [2]],
    [{ board: false }, [2]],
    [{ mixpanel: false, board: true }, [1, 2]],
    [{ 'Segment.io': false }, [1, 2]],
    [{ __proto__: null, constructor: false }, [1, 2]],
  ])('%j', (integrations, expected) => {
    expect(routeOrdinals(targets, order, integrations)).toEqual(expected);
  });
});

it('a router says the same as the rule, whatever it remembers, and remembers only names that matter', () => {
  const some = <T>(items: readonly [T, ...T[]]) => fc.subarray([...items]);
  const anyTarget = fc.record({
    id: fc.constantFrom('a', 'b'),
    ordinal: fc.nat(63),
    enabled: fc.boolean(),
    sources: some(['web', 'app']),
    events: some(['Order', 'Refund']),
    rollout: fc.constantFrom(undefined, 'yes', 'no', 'orders'),
    connector: fc.record({ id: fc.constant('meta'), title: fc.constant('Meta'), eventTypes: some(eventTypes) }),
  });
  const anySubject = fc.record({
    source: fc.constantFrom('web', 'app', 'till'),
    type: fc.constantFrom(...eventTypes),
    name: fc.constantFrom('Order', 'Refund', 'Other', 'toString'),
  });
  const anyWishes = fc.option(fc.dictionary(fc.constantFrom('All', 'a', 'Meta'), fc.boolean()), { nil: undefined });
  fc.assert(
    fc.property(
      fc.uniqueArray(anyTarget, { selector: ({ ordinal }) => ordinal }),
      fc.array(fc.tuple(anySubject, anyWishes)),
      (targets, events) => {
        const sets: string[] = [];
        const intern = (ordinals: readonly number[]) => {
          const text = ordinals.join();
          return sets.includes(text) ? sets.indexOf(text) : sets.push(text) - 1;
        };
        const isOn = (flag: string, { name }: { readonly name: string }) => flag === 'yes' || (flag === 'orders' && name === 'Order');
        const router = createRouter(targets, intern, isOn);
        for (const [subject, wishes] of events) {
          const open = targets.filter(({ rollout }) => rollout === undefined || isOn(rollout, subject));
          expect(sets[router.route(subject, wishes)]).toBe(routeOrdinals(open, subject, wishes).join());
        }
      },
    ),
  );
});

it('asks no flag for an event that no destination on a rollout wants', () => {
  const asked: string[] = [];
  const targets = [target({ ordinal: 1 }), target({ ordinal: 2, events: ['Refund'], rollout: 'refunds' })];
  const router = createRouter(
    targets,
    (ordinals) => ordinals.length,
    (flag) => asked.push(flag) > 0,
  );
  expect([router.route(order), router.route(order), asked]).toEqual([1, 1, []]);
  expect([router.route({ ...order, name: 'Refund' }), asked]).toEqual([2, ['refunds']]);
});
