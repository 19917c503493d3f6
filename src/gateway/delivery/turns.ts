export interface Turns {
  /** Runs `step` once every earlier one of the same id has ended, however it ended. */
  inTurn<T>(id: string, step: () => Promise<T>): Promise<T>;
  /** Every id that had a turn. */
  known(): readonly string[];
}

/** Each destination's steps one after the other. Where all waited for one, a destination that hangs would keep every other waiting. */
export function createTurns(): Turns {
  /** The last step that each was asked for. */
  const last = new Map<string, Promise<void>>();
  return {
    inTurn(id, step) {
      const done = (last.get(id) ?? Promise.resolve()).then(step);
      const ended = done.then(
        () => {},
        () => {},
      );
      last.set(id, ended);
      return done;
    },
    known: () => [...last.keys()],
  };
}
