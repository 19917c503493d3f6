import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSerialQueue } from './serial-queue.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function openCall(): { call: () => Promise<string>; end: (value: string) => void; starts: () => number } {
  let starts = 0;
  let end: (value: string) => void = () => {};
  const promise = new Promise<string>((resolve) => {
    end = resolve;
  });
  return {
    call: () => {
      starts += 1;
      return promise;
    },
    end: (value) => end(value),
    starts: () => starts,
  };
}

describe('the queue of keychain calls', () => {
  it('starts a call only when the one before has ended', async () => {
    const queue = createSerialQueue(5_000);
    const [first, second] = [openCall(), openCall()];
    const results = [queue.run(first.call), queue.run(second.call)];
    await vi.advanceTimersByTimeAsync(100);
    expect([first.starts(), second.starts()]).toEqual([1, 0]);
    first.end('one');
    await vi.advanceTimersByTimeAsync(0);
    expect(second.starts()).toBe(1);
    second.end('two');
    expect(await Promise.all(results)).toEqual([
      { state: 'done', value: 'one' },
      { state: 'done', value: 'two' },
    ]);
  });

  it('says "waiting" after the deadline and at once from then on, and never starts what was given up', async () => {
    const queue = createSerialQueue(5_000);
    const [hung, behind, later] = [openCall(), openCall(), openCall()];
    const results = [queue.run(hung.call), queue.run(behind.call)];
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await Promise.all(results)).toEqual([{ state: 'waiting' }, { state: 'waiting' }]);
    expect(queue.isStuck()).toBe(true);
    expect(await queue.run(later.call)).toEqual({ state: 'waiting' });
    hung.end('late');
    await vi.advanceTimersByTimeAsync(0);
    expect([behind.starts(), later.starts()]).toEqual([0, 0]);
  });

  it('goes on once the hung call has ended, and says so', async () => {
    const unstuck = vi.fn();
    const queue = createSerialQueue(5_000, unstuck);
    const hung = openCall();
    const waiting = queue.run(hung.call);
    await vi.advanceTimersByTimeAsync(5_000);
    await waiting;
    hung.end('answered');
    await vi.advanceTimersByTimeAsync(0);
    expect(unstuck).toHaveBeenCalledOnce();
    expect(await queue.run(async () => 'next')).toEqual({ state: 'done', value: 'next' });
  });

  it('passes on a failure and goes on', async () => {
    const queue = createSerialQueue(5_000);
    await expect(queue.run(() => Promise.reject(new Error('locked')))).rejects.toThrow('locked');
    expect(await queue.run(async () => 'next')).toEqual({ state: 'done', value: 'next' });
  });
});
