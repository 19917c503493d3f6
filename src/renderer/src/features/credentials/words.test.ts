import { describe, expect, test } from 'vitest';
import { type CredentialRow, keychainWords, needsPerson, sortCredentials } from './words.ts';

const row = (destination: string, state: CredentialRow['state']): CredentialRow => ({
  destination,
  connector: 'webhook',
  fields: [],
  state,
  origin: '',
  version: null,
  fingerprint: null,
  from: null,
  boundAt: null,
  checkable: false,
});

describe('credentials in order', () => {
  test('what holds a destination comes first', () => {
    const rows = [row('b', 'present'), row('z', 'missing'), row('a', 'not-needed'), row('c', 'refused'), row('a2', 'present')];
    expect(sortCredentials(rows, (id) => id).map(({ destination }) => destination)).toEqual(['c', 'z', 'a2', 'b', 'a']);
    expect(rows.filter(needsPerson).map(({ destination }) => destination)).toEqual(['z', 'c']);
  });
});

describe('the keychain', () => {
  test('a ready one is not mentioned', () => {
    expect(keychainWords({ state: 'ready', backend: 'keytar', detail: '' })).toBeNull();
  });

  test('every trouble says what to do, with the reason it came with', () => {
    for (const state of ['locked', 'waiting', 'unavailable'] as const) {
      expect(keychainWords({ state, backend: 'session', detail: 'no bus' })?.text).toMatch(/no bus/);
    }
    expect(keychainWords({ state: 'ready', backend: 'session', detail: '' })?.title).toMatch(/this session only/);
  });
});
