/** Truncations one after another, and put off while a backup copies segments. */
import { type TruncationDeps, truncate } from './truncation.ts';

export interface Truncating {
  /** As `EventLog.truncate`. Frees nothing while it is held, unless `isPressing()` says that room is needed now. */
  run(keepMs: number, keepBytes?: number): Promise<number>;
  /** Runs `work` while no truncation is under way. */
  apart<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when no truncation is under way, and none begins until the answer is called. */
  hold(): Promise<() => void>;
  /** Resolves when no truncation is under way. */
  drain(): Promise<void>;
}

export function createTruncating(deps: TruncationDeps, isPressing: () => boolean): Truncating {
  let last: Promise<unknown> = Promise.resolve();
  let holds = 0;
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  }

  return {
    run: (keepMs, keepBytes) => inTurn(async () => (holds > 0 && !isPressing() ? 0 : truncate(deps, keepMs, keepBytes))),
    apart: inTurn,
    async hold() {
      holds++;
      await last;
      let isHeld = true;
      return () => {
        if (isHeld) holds--;
        isHeld = false;
      };
    },
    async drain() {
      await last;
    },
  };
}
