/**
 * One call at a time, each with a deadline. A keychain call that waits for a dialog holds a
 * thread of libuv's pool until a person answers; four of them froze the whole process. So the
 * next call starts only when the last has really ended, and a caller is told "waiting" after
 * the deadline while the call itself goes on.
 */
export type Queued<T> = { readonly state: 'done'; readonly value: T } | { readonly state: 'waiting' };

export interface SerialQueue {
  /**
   * Runs `call` after all earlier ones. `waiting` when the deadline passed first; a call that
   * had not started by then never starts. Rejects as `call` does.
   */
  run<T>(call: () => Promise<T>): Promise<Queued<T>>;
  /** True while a call is open past its deadline. */
  isStuck(): boolean;
}

/** @param onUnstuck called when a call that was given up on has ended after all. */
export function createSerialQueue(deadlineMs: number, onUnstuck: () => void = () => {}): SerialQueue {
  let tail: Promise<void> = Promise.resolve();
  let isStuck = false;

  function run<T>(call: () => Promise<T>): Promise<Queued<T>> {
    if (isStuck) return Promise.resolve({ state: 'waiting' });
    return new Promise((resolve, reject) => {
      let phase: 'queued' | 'running' | 'over' = 'queued';
      const timer = setTimeout(() => {
        if (phase === 'running') isStuck = true;
        phase = 'over';
        resolve({ state: 'waiting' });
      }, deadlineMs);
      tail = tail.then(async () => {
        if (phase === 'over') return;
        phase = 'running';
        try {
          resolve({ state: 'done', value: await call() });
        } catch (thrown) {
          reject(thrown);
        } finally {
          clearTimeout(timer);
          if (isStuck) {
            isStuck = false;
            onUnstuck();
          }
        }
      });
    });
  }

  return { run, isStuck: () => isStuck };
}
