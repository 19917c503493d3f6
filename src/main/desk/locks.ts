/** Runs tasks of the same name one after another, tasks of different names at once. */
export interface Locks {
  run<T>(name: string, task: () => Promise<T>): Promise<T>;
}

export function createLocks(): Locks {
  const tails = new Map<string, Promise<unknown>>();
  return {
    run(name, task) {
      const turn = (tails.get(name) ?? Promise.resolve()).then(task, task);
      tails.set(name, turn);
      const forget = (): void => {
        if (tails.get(name) === turn) tails.delete(name);
      };
      void turn.then(forget, forget);
      return turn;
    },
  };
}
