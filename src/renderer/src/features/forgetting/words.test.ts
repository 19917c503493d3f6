import { describe, expect, it } from 'vitest';
import type { Erasure, VendorErasure } from '#contract/documents/erasure.ts';
import { limitText, progressOf, shareOf, sortErasures } from './words.ts';

const vendor = (state: VendorErasure['state']): VendorErasure => ({
  destination: state,
  connector: 'webhook',
  state,
  isConfirmed: false,
  at: 0,
  attempts: 1,
  nextAt: null,
  reference: null,
  detail: '',
  suggestedAction: '',
});
const erasure = (state: Erasure['state'], requestedAt: number, more: Partial<Erasure> = {}): Erasure => ({
  people: ['h_1'],
  alsoSuppress: true,
  state,
  requestedAt,
  local: { state: 'done', at: 0, detail: '', places: [] },
  destinations: [],
  endedAt: null,
  ...more,
});

describe('an erasure in words', () => {
  it('says how far it is, here and at vendors', () => {
    expect(progressOf(erasure('done', 0))).toBe('gone here');
    const open = erasure('attention', 0, {
      local: { state: 'requested', at: 0, detail: '', places: [] },
      destinations: [vendor('done'), vendor('failed'), vendor('notOffered')],
    });
    expect(progressOf(open)).toBe('still here; 1 of 3 vendors done, 1 failed, 1 by hand');
    expect(shareOf(open)).toBe(0.25);
    expect(shareOf(erasure('done', 0))).toBe(1);
  });

  it('shows first what needs a person, then the newest', () => {
    const documents = [erasure('done', 9), erasure('running', 1), erasure('attention', 2), erasure('running', 3)].map((value) => ({
      value,
    }));
    expect(sortErasures(documents).map(({ value }) => value.requestedAt)).toEqual([2, 3, 1, 9]);
  });
});

it('says how long data is kept', () => {
  expect(limitText({ ageMs: 30 * 86_400_000, bytes: 1024 ** 3, items: null })).toBe('30 d or 1 GiB');
  expect(limitText({ ageMs: null, bytes: null, items: 1000 })).toBe('1,000 items');
  expect(limitText({ ageMs: null, bytes: null, items: null })).toBe('');
});
