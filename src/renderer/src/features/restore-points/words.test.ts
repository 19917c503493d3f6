import { describe, expect, it } from 'vitest';
import { appError } from '#contract/errors.ts';
import type { ChangedDocument } from '#contract/operations/restore.ts';
import { changeWords, chosenAtFirst, credentialWords, differsWords, fieldsOf, keyOf, problemLines, targetOf } from './words.ts';

const changed = (more: Partial<ChangedDocument>): ChangedDocument => ({
  ...{ kind: 'flag', id: 'beta', change: 'changed', isRestorable: true, entries: [], isCut: false, by: 'ada', at: 0 },
  ...more,
});

describe('a restore point in words', () => {
  it('says how far it is from now', () => {
    expect([0, 1, 12].map(differsWords)).toEqual(['as it is now', '1 document differs', '12 documents differ']);
  });

  it('wants its name typed where somebody gave it one, and else its id', () => {
    const point = { id: 'point-7', name: 'Before the sale', automatic: false, takenAt: 0, by: '', reason: '', revision: 1, differing: 0 };
    expect([targetOf(point), targetOf({ ...point, automatic: true })]).toEqual(['Before the sale', 'point-7']);
  });

  it('chooses all at first but what is only shown, and what would drop waiting events', () => {
    const harmless = [changed({}), changed({ kind: 'source', change: 'removed' }), changed({ kind: 'destination', change: 'added' })];
    const others = [changed({ kind: 'switch', isRestorable: false }), changed({ kind: 'destination', id: 'gone', change: 'removed' })];
    expect(chosenAtFirst([...harmless, ...others])).toEqual(new Set(harmless.map(keyOf)));
    expect(changeWords(changed({ kind: 'destination', change: 'removed' }))).toBe('is removed, and what waits there is dropped');
  });

  it('tells what a credential needs', () => {
    expect(credentialWords({ destination: 'hook', needs: 3, has: 5 })).toBe('needs version 3, has 5');
    expect(credentialWords({ destination: 'hook', needs: 3, has: null })).toBe('needs version 3, has none');
    expect(credentialWords({ destination: 'hook', needs: null, has: null })).toBe('needs a credential; there is none here');
  });

  it('tells everything that is in the way, a line each', () => {
    const problems = [
      {
        kind: 'plan',
        id: 'orders',
        code: 'INPUT_INVALID',
        details: { issues: [{ path: 'value.sources.0', message: 'there is no source app' }] },
      },
      { kind: 'destination', id: 'hook', code: 'DOCUMENT_IN_USE', details: { switches: ['source:web'] } },
    ];
    expect(problemLines(appError('RESTORE_INVALID', { problems }))).toEqual([
      'plan orders: sources.0 there is no source app',
      'destination hook: DOCUMENT_IN_USE, switches source:web',
    ]);
    const mistakes = [{ line: 3, path: 'version', message: 'must be 1' }];
    expect(problemLines(appError('SETUP_INVALID', { mistakes }))).toEqual(['Line 3: version must be 1']);
    const documents = [{ kind: 'source', id: 'app', by: 'grace', revision: 2, at: 0 }];
    expect(problemLines(appError('DOCUMENT_CONFLICT', { documents }))).toEqual(['source app was changed by grace']);
    expect(problemLines(appError('SETUP_PERSONAL', { fields: ['flag.beta.targeting'] }))).toEqual(['flag.beta.targeting']);
    expect(problemLines(appError('GATEWAY_OFFLINE'))).toEqual([]);
  });

  it('knows the fields that differ from gateway to gateway', () => {
    expect(fieldsOf(new Set(['writeKeys']))).toEqual(['source.writeKey', 'source.moreKeys']);
  });
});
