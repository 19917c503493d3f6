import { expect, it } from 'vitest';
import { certificateMark, endText } from './certificate-words.ts';

it('warns of a certificate from 30 days on, loudly from 7, and says when it ended', () => {
  expect(certificateMark({ verdict: 'good', daysLeft: 31 })).toBe('healthy');
  expect(certificateMark({ verdict: 'ends', daysLeft: 29 })).toBe('degraded');
  expect(certificateMark({ verdict: 'ends', daysLeft: 6 })).toBe('failing');
  expect(certificateMark({ verdict: 'over', daysLeft: -3 })).toBe('failing');
  expect(endText({ verdict: 'ends', daysLeft: 6 })).toBe('ends in 6 days');
  expect(endText({ verdict: 'ends', daysLeft: 0 })).toBe('ends within a day');
  expect(endText({ verdict: 'over', daysLeft: -1 })).toBe('has just ended');
  expect(endText({ verdict: 'over', daysLeft: -3 })).toBe('ended 2 days ago');
  expect(endText({ verdict: 'early', daysLeft: 300 })).toBe('is not valid yet');
});
