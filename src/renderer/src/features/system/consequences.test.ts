import { describe, expect, test } from 'vitest';
import { settingsSchema } from '#contract/documents/settings.ts';
import { consequencesOf } from './consequences.ts';

const now = settingsSchema.parse({});

describe('consequences of settings', () => {
  test('keeping more harms nothing', () => {
    expect(
      consequencesOf(now, { ...now, retentionMs: now.retentionMs * 2, diskBudgetBytes: now.diskBudgetBytes * 2, drainDeadlineMs: 1 }),
    ).toEqual([]);
  });

  test('what deletes, refuses or forgets says so', () => {
    expect(consequencesOf(now, { ...now, retentionMs: 60_000 })[0]).toMatch(/deleted/);
    expect(consequencesOf(now, { ...now, diskBudgetBytes: 1_048_576 })[0]).toMatch(/503/);
    expect(consequencesOf(now, { ...now, dedupeWindowMs: 60_000 })[0]).toMatch(/new one/);
    expect(consequencesOf(now, { ...now, environment: 'production' })[0]).toMatch(/credentials/);
  });
});
