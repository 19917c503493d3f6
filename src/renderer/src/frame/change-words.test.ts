import { describe, expect, it } from 'vitest';
import type { DocumentChange } from '#contract/operations/changes.ts';
import { markOf } from './change-marks.ts';
import { changeWords } from './change-words.ts';

const context = { destinationName: (id: string) => (id === 'hubspot' ? 'HubSpot' : id) };
const change = (more: Partial<DocumentChange>): DocumentChange => ({
  position: 7,
  kind: 'flag',
  id: 'checkout',
  revision: 2,
  at: 1000,
  by: 'ada',
  reason: '',
  action: 'flag.set',
  isNew: false,
  isRemoved: false,
  diff: [],
  ...more,
});
const parked = change({
  kind: 'switch',
  id: 'destination:hubspot',
  action: 'switch.set',
  diff: [{ path: ['mode'], before: 'flow', after: 'park' }],
});

describe('a change in words', () => {
  it.each([
    [change({}), 'switched the flag checkout'],
    [change({ action: 'document.revert' }), 'took back a change to the flag checkout'],
    [change({ action: 'restorePoint.apply' }), 'changed the flag checkout'],
    [parked, 'parked HubSpot'],
    [{ ...parked, diff: [{ path: [], after: { mode: 'drop' } }] }, 'set to drop HubSpot'],
    [{ ...parked, diff: [{ path: ['until'], before: null, after: 1 }] }, 'set the switch of HubSpot'],
    [change({ kind: 'settings', id: 'gateway', action: 'settings.put' }), 'changed the gateway settings'],
    [change({ kind: 'credential', id: 'hubspot', action: 'destination.remove', isRemoved: true }), 'removed the credential of HubSpot'],
    [change({ kind: 'destination', id: 'hubspot', action: 'config.apply', isNew: true }), 'added the destination HubSpot'],
    [change({ kind: 'failover', id: 'hubspot', action: 'endpoint.changed' }), 'changed the endpoint of HubSpot'],
  ])('%#: says %s', (each, words) => expect(changeWords(each, context)).toBe(words));
});

describe('marks of a chart', () => {
  const page = { type: 'destination', id: 'hubspot' } as const;
  const told = (each: DocumentChange, id = 'hubspot') => markOf(each, { ...page, id }, context);

  it('show what concerns the destination, and fainter what concerns all', () => {
    expect(told({ ...parked, reason: 'double sends' })).toEqual({
      id: 'change 7',
      at: 1000,
      text: 'ada parked HubSpot: double sends',
      isFaint: false,
    });
    expect(told(parked, 'meta')).toBeNull();
    expect(told({ ...parked, id: 'everything' }, 'meta')).toMatchObject({ isFaint: true });
    expect(told(change({}))).toMatchObject({ isFaint: true });
    expect(told(change({ kind: 'destination', id: 'meta' }))).toBeNull();
    expect(told(change({ kind: 'restore-point', id: 'x' }))).toBeNull();
  });

  it('of the gateway show all', () => {
    expect(markOf(parked, { type: 'gateway' }, context)).toMatchObject({ text: 'ada parked HubSpot' });
  });
});
