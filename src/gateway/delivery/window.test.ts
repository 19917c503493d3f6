import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogRecord, SettleDelta } from '#gateway/log/event-log.ts';
import { createDelta } from './delta.ts';
import { createWindow, type End, type Entry, entryOf } from './window.ts';

function recordOf(seq: number): LogRecord {
  const event = {
    source: 's',
    messageId: `m${seq}`,
    type: 'track',
    name: 'n',
    userId: null,
    anonymousId: null,
    timestamp: 0,
    receivedAt: 0,
    properties: {},
    traits: {},
    context: {},
    groupId: null,
    previousId: null,
  } as const;
  return { seq, gen: 0, source: 's', messageId: `m${seq}`, receivedAt: 0, route: 0, bytes: 1, event };
}

const delivered: End = { to: 'terminal', state: 'confirmed' };
const retryRow = (seq: number): End => ({
  to: 'row',
  row: { seq, gen: 0, state: 'retrying', attempt: 1, dueAt: 1, class: 'server', detail: '' },
});
const everyDelta = Number.POSITIVE_INFINITY;
const never = Number.NEGATIVE_INFINITY;

describe('the window of a lane', () => {
  it('moves the cursor only over what is done, and over what was filtered', () => {
    const window = createWindow(10);
    const delta = createDelta();
    const [first, second] = [entryOf(recordOf(12), 'log'), entryOf(recordOf(15), 'log')];
    window.add([first, second], 20);
    window.finish(second, delivered, delta);
    window.advance(delta, everyDelta, { now: 0, blockedBefore: never, dueAt: 0 });
    expect(window.cursor).toBe(11);
    expect(delta.finished).toBe(0);
    window.finish(first, delivered, delta);
    window.advance(delta, everyDelta, { now: 0, blockedBefore: never, dueAt: 0 });
    expect(window.cursor).toBe(20);
    expect(delta.finished).toBe(2);
  });

  it('detaches a hung request as a retrying row, so that the cursor passes and a later answer settles it once', () => {
    const window = createWindow(0);
    const delta = createDelta();
    const hung = entryOf(recordOf(1), 'log');
    hung.phase = 'flying';
    hung.flyingSince = 100;
    window.add([hung], 1);
    expect(window.advance(delta, everyDelta, { now: 101, blockedBefore: 101, dueAt: 999 })).toEqual([hung]);
    expect(window.cursor).toBe(1);
    expect(delta.change.retrying).toBe(1);
    window.finish(hung, delivered, delta);
    expect(delta.change.retrying).toBe(0);
    expect(delta.build('d', 1, 1)).toMatchObject({ sidePut: [], sideRemove: [], tally: { confirmed: { count: 1 } } });
  });

  it('refuses to end an event twice', () => {
    const window = createWindow(0);
    const delta = createDelta();
    const entry = entryOf(recordOf(1), 'row');
    window.finish(entry, delivered, delta);
    expect(() => window.finish(entry, delivered, delta)).toThrow('twice');
  });

  it('stands still without losing or doubling anything, whatever was done before', () => {
    const step = fc.constantFrom('deliver', 'retry', 'hold', 'fly', 'leave');
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.array(fc.nat(39)), (steps, order) => {
        const window = createWindow(0);
        const delta = createDelta();
        const entries = steps.map((_, index) => entryOf(recordOf(index + 1), 'log'));
        window.add(entries, steps.length);
        const positions = [...new Set([...order.filter((index) => index < steps.length), ...steps.keys()])];
        for (const index of positions) {
          act(window, delta, entries[index] as Entry, steps[index] as string);
          window.advance(delta, everyDelta, { now: 0, blockedBefore: never, dueAt: 0 });
        }
        for (const entry of entries) if (entry.phase === 'flying') entry.phase = 'pending';
        window.standStill(delta, 0);
        const settled = delta.build('d', 1, window.cursor);
        expect(namedIn(settled)).toBe(entries.filter((entry) => entry.record.seq <= window.cursor).length);
        for (const row of settled.sidePut) expect(row.seq).toBeLessThanOrEqual(window.cursor);
        for (const seq of settled.heldSet) expect(seq).toBeLessThanOrEqual(window.cursor);
      }),
    );
  });
});

function act(window: ReturnType<typeof createWindow>, delta: ReturnType<typeof createDelta>, entry: Entry, step: string): void {
  if (step === 'deliver') window.finish(entry, delivered, delta);
  if (step === 'retry') window.finish(entry, retryRow(entry.record.seq), delta);
  if (step === 'hold') window.finish(entry, { to: 'held' }, delta);
  if (step === 'fly') entry.phase = 'flying';
}

function namedIn(delta: SettleDelta): number {
  return delta.sidePut.length + delta.heldSet.length + Object.values(delta.tally).reduce((sum, tally) => sum + (tally?.count ?? 0), 0);
}
