import { describe, expect, test } from 'vitest';
import type { Document } from '#contract/documents/document.ts';
import { sourceSchema } from '#contract/documents/source.ts';
import { type SwitchMode, type SwitchScope, scopeId, switchSchema } from '#contract/documents/switch.ts';
import { groupsOf, inForce, isDueForReview, reviewAfterMs, stillStopping } from './scopes.ts';

function switchDocument(scope: SwitchScope, mode: SwitchMode, at = 1000, until: number | null = null): Document<'switch'> {
  return {
    kind: 'switch',
    id: scopeId(scope),
    revision: 2,
    value: switchSchema.parse({ scope, mode, until }),
    at,
    by: 'Mei',
    reason: 'double sends',
  };
}
const web: Document<'source'> = {
  kind: 'source',
  id: 'web',
  revision: 1,
  value: sourceSchema.parse({ name: 'Web shop', writeKey: 'wk_web' }),
  at: 0,
  by: 'config',
  reason: '',
};

describe('scopes with their switches', () => {
  test('what nobody set flows', () => {
    const groups = groupsOf({ switches: [], destinations: [], sources: [web] });
    expect(groups.everything).toMatchObject({ mode: 'flow', set: null });
    expect(groups.sources).toMatchObject([{ name: 'Web shop', mode: 'flow', set: null }]);
    expect(inForce(groups)).toEqual([]);
  });

  test('a switch outlives the destination that it stopped', () => {
    const groups = groupsOf({
      switches: [switchDocument({ type: 'destination', destination: 'gone' }, 'park')],
      destinations: [],
      sources: [],
    });
    expect(groups.destinations).toMatchObject([{ name: 'gone', detail: 'removed', mode: 'park' }]);
  });

  test('what is in force comes longest first, and what was opened again does not', () => {
    const switches = [
      switchDocument({ type: 'event', event: 'Order Completed' }, 'drop', 500),
      switchDocument({ type: 'everything' }, 'park', 200),
      switchDocument({ type: 'source', source: 'web' }, 'flow', 100),
    ];
    expect(inForce(groupsOf({ switches, destinations: [], sources: [web] })).map((row) => row.id)).toEqual([
      'everything',
      'event:Order Completed',
    ]);
  });

  test('a stop without a timer asks for review after four hours; one with a timer never does', () => {
    const [row] = inForce(groupsOf({ switches: [switchDocument({ type: 'everything' }, 'park', 0)], destinations: [], sources: [] }));
    const [timed] = inForce(
      groupsOf({ switches: [switchDocument({ type: 'everything' }, 'park', 0, reviewAfterMs * 2)], destinations: [], sources: [] }),
    );
    expect(row && isDueForReview(row, reviewAfterMs - 1)).toBe(false);
    expect(row && isDueForReview(row, reviewAfterMs)).toBe(true);
    expect(timed && isDueForReview(timed, reviewAfterMs)).toBe(false);
  });

  test('opening a destination names the other switches that still stop its events', () => {
    const destination = { type: 'destination', destination: 'hubspot' } as const;
    const switches = [
      switchDocument({ type: 'everything' }, 'park'),
      switchDocument(destination, 'park'),
      switchDocument({ type: 'destination', destination: 'ga4' }, 'park'),
      switchDocument({ type: 'source', source: 'web' }, 'drop'),
    ];
    const stopped = inForce(groupsOf({ switches, destinations: [], sources: [web] }));
    expect(
      stillStopping(destination, stopped)
        .map((row) => row.id)
        .sort(),
    ).toEqual(['everything', 'source:web']);
  });
});
