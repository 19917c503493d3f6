/** Work in pieces, each in a turn of the loop of its own, so that what is urgent (a park, a commit) gets in between. */
export interface Turns {
  /** Does the pieces after whatever was added before, one a turn. */
  add(pieces: Iterable<void>): void;
  /** Does all that is left, now. */
  finish(): void;
}

/** @param nextTurn calls back in a later turn of the loop */
export function createTurns(nextTurn: (work: () => void) => void): Turns {
  const left: Iterator<void>[] = [];
  let isDue = false;

  /** One piece. What throws is not tried again, and the rest goes on. */
  function piece(): void {
    const [first] = left;
    if (first === undefined) return;
    let isDone = true;
    try {
      isDone = first.next().done ?? false;
    } finally {
      if (isDone) left.shift();
    }
  }
  function arm(): void {
    if (isDue || left.length === 0) return;
    isDue = true;
    nextTurn(() => {
      isDue = false;
      try {
        piece();
      } finally {
        arm();
      }
    });
  }

  return {
    add(pieces) {
      left.push(pieces[Symbol.iterator]());
      arm();
    },
    finish() {
      while (left.length > 0) piece();
    },
  };
}

/** Does something with each item, so many a turn. */
export function* inPieces<T>(items: Iterable<T>, atOnce: number, work: (item: T) => void): Generator<void> {
  let done = 0;
  for (const item of items) {
    work(item);
    if (++done % atOnce === 0) yield;
  }
}
