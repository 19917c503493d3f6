import { describe, expect, it } from 'vitest';
import { parseBacklog, parseDuration, parseScope } from './parse.ts';

describe('a scope', () => {
  it.each([
    ['hubspot', { type: 'destination', destination: 'hubspot' }],
    ['destination:hubspot', { type: 'destination', destination: 'hubspot' }],
    ['source:web', { type: 'source', source: 'web' }],
    ['event:Order Completed', { type: 'event', event: 'Order Completed' }],
    ['everything', { type: 'everything' }],
  ])('%s is understood', (text, scope) => {
    expect(parseScope(text)).toEqual(scope);
  });

  it.each(['', '  ', '# comment', 'Hub Spot', 'lane:x', 'a\nb', 'everything\nhubspot', 'event:'])('%j is none', (text) => {
    expect(parseScope(text)).toBeNull();
  });
});

describe('a duration', () => {
  it.each([
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1h30m', 5_400_000],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '30', 'm', '-5m', '0s', '1.5h', '5 m', '9999999999999999d'])('%j is none', (text) => {
    expect(parseDuration(text)).toBeNull();
  });
});

describe('a backlog choice', () => {
  const now = Date.parse('2026-11-20T12:00:00Z');

  it.each([
    ['drain', { choice: 'drain' }],
    ['fromNow', { choice: 'fromNow' }],
    ['discard', { choice: 'discard' }],
    ['newer:30m', { choice: 'newer', sinceMs: now - 1_800_000 }],
    ['newer:2026-11-20T10:00:00Z', { choice: 'newer', sinceMs: now - 7_200_000 }],
  ])('%s is understood', (text, choice) => {
    expect(parseBacklog(text, now)).toEqual(choice);
  });

  it.each(['', 'all', 'newer:', 'newer:soon', 'newer:5', 'newer:2026-13-40'])('%j is none', (text) => {
    expect(parseBacklog(text, now)).toBeNull();
  });
});
