/** Work that is done when somebody wakes it or when its time has come; one run at a time. */
export interface LoopDeps {
  /** One run: all that can be done now. */
  work(): Promise<void>;
  /** When there is something to do by itself, epoch ms; null: when woken. Asked after each run. */
  nextAt(): number | null;
  /** Epoch ms. */
  now(): number;
  /** Calls back later; returns what cancels it. */
  schedule(callback: () => void, delayMs: number): () => void;
  bug(error: unknown): void;
}

export interface Loop {
  wake(): void;
  /** Resolves when the runs asked for so far have ended. */
  idle(): Promise<void>;
  /** Begins no further run, and resolves when the present one has ended. */
  close(): Promise<void>;
}

const leastSleepMs = 250;
const longestSleepMs = 3_600_000;

export function createLoop({ work, nextAt, now, schedule, bug }: LoopDeps): Loop {
  let turn: Promise<void> = Promise.resolve();
  let isWoken = false;
  let isClosed = false;
  let cancel = () => {};

  function sleep(): void {
    const at = isWoken || isClosed ? null : nextAt();
    if (at !== null) cancel = schedule(wake, Math.min(longestSleepMs, Math.max(leastSleepMs, at - now())));
  }
  function wake(): void {
    if (isWoken || isClosed) return;
    isWoken = true;
    cancel();
    turn = turn
      .then(() => {
        isWoken = false;
        return isClosed ? undefined : work();
      })
      .catch(bug)
      .then(sleep);
  }

  return {
    wake,
    idle: () => turn,
    close() {
      isClosed = true;
      cancel();
      return turn;
    },
  };
}
