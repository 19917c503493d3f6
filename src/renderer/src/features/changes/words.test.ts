import { describe, expect, it } from 'vitest';
import type { Document } from '#contract/documents/document.ts';
import { type Schedule, scheduleSchema } from '#contract/documents/schedule.ts';
import { switchSchema } from '#contract/documents/switch.ts';
import { failedOf, runWords } from '#renderer/frame/schedule-words.ts';
import { aheadOf } from './words.ts';

const names = { destinationName: (id: string) => (id === 'hubspot' ? 'HubSpot' : id), scopeName: () => 'HubSpot' };
const schedule = (id: string, more: Partial<Schedule>): Document<'schedule'> => ({
  kind: 'schedule',
  id,
  revision: 1,
  at: 0,
  by: 'ada',
  reason: '',
  value: scheduleSchema.parse({
    run: { operation: 'flag.set', input: { id: 'checkout' } },
    by: 'ada',
    reason: '',
    at: 100,
    undoAt: null,
    state: 'waiting',
    ...more,
  }),
});

describe('what lies ahead', () => {
  it('is named by what runs and on what', () => {
    expect(runWords({ operation: 'flag.set', input: { id: 'checkout' } }, names)).toBe('Switch a flag: checkout');
    expect(runWords({ operation: 'destination.claim', input: { id: 'hubspot' } }, names)).toBe('Claim a destination: HubSpot');
    expect(runWords({ operation: 'settings.put', input: {} }, names)).toBe('Change gateway settings');
  });

  it('holds runs, overrides that expire and timers of switches, soonest first', () => {
    const value = switchSchema.parse({ scope: { type: 'everything' }, mode: 'park', until: 50 });
    const timer: Document<'switch'> = { kind: 'switch', id: 'everything', revision: 1, at: 0, by: 'bob', reason: 'storm', value };
    const schedules = [
      schedule('a', {}),
      schedule('b', { state: 'applied', undoAt: 70, appliedAt: 1 }),
      schedule('c', { state: 'applied', undoAt: null, endedAt: 1 }),
      schedule('d', { state: 'undone', undoAt: 60, endedAt: 60 }),
    ];
    expect(aheadOf(schedules, [timer], names).map(({ type, id, at }) => [type, id, at])).toEqual([
      ['switch', 'everything', 50],
      ['undo', 'b', 70],
      ['run', 'a', 100],
    ]);
  });

  it('says for a day what did not go as planned', () => {
    const failed = schedule('f', { state: 'failed', endedAt: 1000, detail: 'It was refused' });
    expect(failedOf([failed, schedule('a', {})], 2000).map(({ id }) => id)).toEqual(['f']);
    expect(failedOf([failed], 1000 + 25 * 3_600_000)).toEqual([]);
  });
});
