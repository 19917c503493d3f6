import { describe, expect, test } from 'vitest';
import { type BlastRow, choiceIds, countsOf, defaultChoice, needsTyping, totalsOf } from './blast.ts';

const row = (values: Partial<BlastRow> = {}): BlastRow => ({
  destination: 'hubspot',
  eventsPerMinute: 60,
  inFlight: 2,
  waiting: 100,
  held: 5,
  retrying: 7,
  tooOld: 3,
  possiblyTwice: 1,
  budgetFullInMs: 60_000,
  drainEtaMs: 4000,
  messagesPeople: false,
  ...values,
});

describe('what a command touches', () => {
  test('counts add up over destinations', () => {
    expect(totalsOf({ destinations: [row(), row({ destination: 'ga4' })] })).toMatchObject({
      destinations: 2,
      eventsPerMinute: 120,
      inFlight: 4,
      waiting: 200,
      held: 10,
      retrying: 14,
      tooOld: 6,
      possiblyTwice: 2,
    });
  });

  test('the first budget to be full counts, and one that never fills does not', () => {
    expect(
      totalsOf({ destinations: [row({ budgetFullInMs: 90_000 }), row({ budgetFullInMs: null }), row({ budgetFullInMs: 30_000 })] })
        .budgetFullInMs,
    ).toBe(30_000);
    expect(totalsOf({ destinations: [row({ budgetFullInMs: null })] }).budgetFullInMs).toBeNull();
  });

  test('the slowest drain counts, and one unknown makes the whole unknown', () => {
    expect(totalsOf({ destinations: [row({ drainEtaMs: 1000 }), row({ drainEtaMs: 9000 })] }).drainEtaMs).toBe(9000);
    expect(totalsOf({ destinations: [row({ drainEtaMs: 1000 }), row({ drainEtaMs: null })] }).drainEtaMs).toBeNull();
  });

  test('nothing in scope is zero, not unknown', () => {
    expect(totalsOf({ destinations: [] })).toMatchObject({ destinations: 0, waiting: 0, drainEtaMs: 0, budgetFullInMs: null });
  });
});

describe('ways of opening', () => {
  const totals = totalsOf({ destinations: [row()] });

  test('every event of the backlog is sent, kept or lost, whatever is chosen', () => {
    for (const choice of choiceIds.filter((each) => each !== 'newer')) {
      const { sends, keeps, loses } = countsOf(choice, totals);
      expect(sends + keeps + loses).toBe(105);
    }
    expect(countsOf('newer', totals)).toMatchObject({ sends: 105, isSendsAtMost: true, keeps: 105, isKeepsAtMost: true, loses: 0 });
  });

  test('only discard loses', () => {
    expect(choiceIds.filter((choice) => countsOf(choice, totals).loses > 0)).toEqual(['discard']);
  });

  test('a vendor that messages people never starts with a drain', () => {
    expect(defaultChoice(totals)).toBe('drain');
    expect(defaultChoice(totalsOf({ destinations: [row(), row({ messagesPeople: true })] }))).toBe('fromNow');
  });

  test('typing is asked for what loses events and for what may message people', () => {
    const quiet = { messaging: [] };
    const loud = { messaging: ['klaviyo'] };
    expect(needsTyping({ mode: 'park' }, loud)).toBe(false);
    expect(needsTyping({ mode: 'drop' }, quiet)).toBe(true);
    expect(choiceIds.filter((choice) => needsTyping({ mode: 'flow', choice }, quiet))).toEqual(['discard']);
    expect(choiceIds.filter((choice) => needsTyping({ mode: 'flow', choice }, loud))).toEqual(['drain', 'newer', 'discard']);
  });
});
