/**
 * An open-loop sender: requests leave on a schedule, whatever became of those before, and latency counts from the
 * *scheduled* send. So a stall of the server is seen in full instead of pausing the load (coordinated omission).
 */
import { setTimeout as wait } from 'node:timers/promises';

export interface OpenLoopOptions {
  readonly perSecond: number;
  readonly seconds: number;
  /** Sends one; resolves when it is answered. A rejection counts as failed. */
  readonly send: (index: number) => Promise<unknown>;
}

export interface OpenLoopResult {
  /** From scheduled send to answer, ms, one for each answered request. */
  readonly latenciesMs: readonly number[];
  readonly failed: number;
}

export async function openLoop({ perSecond, seconds, send }: OpenLoopOptions): Promise<OpenLoopResult> {
  const total = Math.round(perSecond * seconds);
  const latenciesMs: number[] = [];
  const pending: Promise<void>[] = [];
  let failed = 0;
  const startedAt = performance.now();
  for (let index = 0; index < total; ) {
    const now = performance.now() - startedAt;
    for (; index < total && (index / perSecond) * 1000 <= now; index += 1) {
      const dueAt = startedAt + (index / perSecond) * 1000;
      const answered = () => void latenciesMs.push(performance.now() - dueAt);
      pending.push(
        send(index).then(answered, () => {
          failed += 1;
        }),
      );
    }
    await wait(1);
  }
  await Promise.all(pending);
  return { latenciesMs, failed };
}
