/** Steps of a random life of a delivery: what vendors, operators and machines do to it. */
import fc from 'fast-check';

export const ids = ['hook', 'plain'] as const;
export type Id = (typeof ids)[number];
/** ok; server error; refused for good; taken, and the connection dies before the answer. */
export const moods = ['ok', 'error', 'refuse', 'reset'] as const;
export type Mood = (typeof moods)[number];
/** `hook` has two endpoints in one dedupe domain. */
export const vendorNames = ['primary', 'eu', 'plain'] as const;
export type VendorName = (typeof vendorNames)[number];

export type LifeStep =
  | { readonly do: 'ingest'; readonly count: number; readonly user: number; readonly again: boolean }
  | { readonly do: 'mood'; readonly vendor: VendorName; readonly mood: Mood }
  | { readonly do: 'kill'; readonly at: Id; readonly mode: 'park' | 'drop' }
  | { readonly do: 'open'; readonly at: Id; readonly choice: 'drain' | 'fromNow' | 'discard' }
  | { readonly do: 'crash' }
  | { readonly do: 'replay'; readonly at: Id }
  | { readonly do: 'edit'; readonly at: Id }
  | { readonly do: 'erase'; readonly user: number }
  | { readonly do: 'failover'; readonly to: 'primary' | 'eu' }
  | { readonly do: 'backup' }
  | { readonly do: 'restore' }
  | { readonly do: 'turns'; readonly count: number };

const at = fc.constantFrom(...ids);
const user = fc.nat({ max: 2 });

const lifeStep: fc.Arbitrary<LifeStep> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('ingest' as const), count: fc.integer({ min: 1, max: 12 }), user, again: fc.boolean() }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('mood' as const), vendor: fc.constantFrom(...vendorNames), mood: fc.constantFrom(...moods) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('kill' as const),
      at,
      mode: fc.constantFrom('park' as const, 'park' as const, 'drop' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('open' as const),
      at,
      choice: fc.constantFrom('drain' as const, 'drain' as const, 'fromNow' as const, 'discard' as const),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ do: 'crash' as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('replay' as const), at }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('edit' as const), at }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('erase' as const), user }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('failover' as const), to: fc.constantFrom('primary' as const, 'eu' as const) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'backup' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'restore' as const }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('turns' as const), count: fc.integer({ min: 1, max: 40 }) }) },
);

export const lifeSteps = fc.array(lifeStep, { minLength: 8, maxLength: 30 });
