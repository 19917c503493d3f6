import { describe, expect, it } from 'vitest';
import { lateShares, limitsText, quotaShare } from './source-words.ts';

const quota = (used: number, remaining: number) => ({ quota: { used, remaining, resetsAt: 0 } });

describe('what a source may send', () => {
  it('is said with its units', () => {
    expect(limitsText({ ratePerSecond: 500, burst: 1000, dailyQuota: 2_000_000 })).toBe('500 /s, at once 1.00 k, 2.00 M a day');
    expect(limitsText({})).toBe('');
  });

  it('knows how much of a day is used', () => {
    expect(quotaShare({ quota: null })).toBeNull();
    expect(quotaShare(quota(25, 75))).toBe(0.25);
    expect(quotaShare(quota(0, 0))).toBe(1);
  });

  it('tells how late events were, without what there was none of', () => {
    expect(lateShares({ underMinute: 90, underDay: 10 })).toEqual([
      { bucket: 'underMinute', word: 'within a minute', events: 90, share: 0.9 },
      { bucket: 'underDay', word: 'within a day', events: 10, share: 0.1 },
    ]);
    expect(lateShares({})).toEqual([]);
  });
});
