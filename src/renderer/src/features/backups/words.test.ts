import { expect, it } from 'vitest';
import type { BackupCheck, BackupSummary } from '#contract/operations/backup.ts';
import { judge, newestComplete, shareOf } from './words.ts';

const check: BackupCheck = {
  at: 1,
  ok: true,
  problems: [],
  files: 3,
  bytes: 10,
  durationMs: 5,
  ledgers: 2,
  balanced: 2,
  auditIntact: true,
};
const complete = { state: 'complete', why: '', check: null } as const;

it('calls a backup sound only once somebody looked', () => {
  expect(judge(complete)).toMatchObject({ mark: 'none', word: 'Not verified' });
  expect(judge({ ...complete, check })).toMatchObject({ mark: 'healthy', word: 'Verified' });
  const broken = { ...check, ok: false, problems: [{ file: 'log/1.db', problem: 'another checksum' }] };
  expect(judge({ ...complete, check: broken })).toMatchObject({ mark: 'failing', detail: 'log/1.db: another checksum' });
  expect(judge({ state: 'unfinished', why: 'no manifest', check: null })).toMatchObject({ word: 'Unfinished', detail: 'no manifest' });
  expect(judge({ state: 'damaged', why: 'its manifest is cut', check })).toMatchObject({ mark: 'failing', word: 'Damaged' });
});

it('knows how far it is as soon as anything is counted', () => {
  const progress = { work: 'backup', id: '', phase: 'segments', startedAt: 0, endedAt: null, error: null } as const;
  const none = { doneFiles: 0, totalFiles: 0, doneBytes: 0, totalBytes: 0 };
  expect(shareOf({ ...progress, ...none })).toBeNull();
  expect(shareOf({ ...progress, ...none, doneFiles: 1, totalFiles: 4 })).toBe(0.25);
  expect(shareOf({ ...progress, ...none, doneFiles: 1, totalFiles: 4, doneBytes: 9, totalBytes: 10 })).toBe(0.9);
});

it('restores the newest that is complete', () => {
  const of = (id: string, state: BackupSummary['state']) => ({ id, state }) as BackupSummary;
  expect(newestComplete([of('c', 'unfinished'), of('b', 'complete'), of('a', 'complete')])?.id).toBe('b');
  expect(newestComplete([])).toBeNull();
});
