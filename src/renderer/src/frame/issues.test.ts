import { describe, expect, test } from 'vitest';
import { appError } from '#contract/errors.ts';
import { issuesOf } from './issues.ts';

describe('what is wrong, by field', () => {
  test('paths lose the name of the value that they lie in', () => {
    const error = appError('SETTINGS_INVALID', {
      issues: [
        { path: 'value.settings.datasetId', message: 'digits only' },
        { path: 'id', message: 'use lower-case letters' },
      ],
    });
    expect(Object.fromEntries(issuesOf(error))).toEqual({ 'settings.datasetId': 'digits only', id: 'use lower-case letters' });
  });

  test('an error that names no fields gives none', () => {
    expect(issuesOf(appError('DOCUMENT_CONFLICT')).size).toBe(0);
    expect(issuesOf(appError('INPUT_INVALID', { issues: ['?', null] })).size).toBe(0);
    expect(issuesOf(null).size).toBe(0);
  });
});
