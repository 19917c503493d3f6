import { describe, expect, it } from 'vitest';
import { filterWords, isOver, lookOf, outcomeWords, selectionWords, shareOf } from './words.ts';

const counts = { given: 0, skipped: 0, delivered: 0, failed: 0, ended: 0, open: 0 };

describe('a replay in words', () => {
  it('says what it gives anew', () => {
    expect(selectionWords({ type: 'events', seqs: [1] })).toBe('1 chosen event');
    expect(selectionWords({ type: 'deadLetters', filter: {} })).toBe('all dead letters');
    expect(selectionWords({ type: 'deadLetters', filter: { class: 'server', name: 'Order' } })).toBe(
      'dead letters: server error, named Order',
    );
    const range = { type: 'range' as const, fromSeq: 1000, throughSeq: 2500, source: 'web', event: 'Order', includeFiltered: true };
    expect(selectionWords(range)).toBe('log entries 1,000 to 2,500 from web, Order only, with what was filtered');
    expect(filterWords({ fromMs: 0, text: 'user_data' })).toBe('died since 1 Jan 1970, 00:00:00 UTC, with “user_data” in the answer');
  });

  it('is as far as it has looked, and over once nothing more comes of it', () => {
    const half = { counts: { ...counts, given: 40, skipped: 10 }, selected: 100, state: 'running' as const };
    expect(shareOf(half)).toBe(0.5);
    expect(shareOf({ ...half, selected: 0 })).toBe(0);
    expect(shareOf({ ...half, state: 'done' })).toBe(1);
    expect(isOver({ state: 'cancelled', counts: { ...counts, open: 2 } })).toBe(false);
    expect(isOver({ state: 'done', counts })).toBe(true);
  });

  it('says that it waits where something holds it', () => {
    expect(lookOf({ state: 'running', waitsFor: 'the destination is parked' })).toEqual({ mark: 'held', word: 'Waiting' });
    expect(lookOf({ state: 'running', waitsFor: '' }).word).toBe('Running');
    expect(lookOf({ state: 'paused', waitsFor: 'anything' }).word).toBe('Paused');
  });

  it('says what came of it, without zeros', () => {
    expect(outcomeWords(counts)).toBe('0 delivered');
    expect(outcomeWords({ ...counts, delivered: 1200, failed: 3, skipped: 4 })).toBe('1,200 delivered, 3 dead again, 4 left alone');
  });
});
