/** What must be undone when a node ends, in reverse order of doing. */
export interface Closing {
  add(step: () => void | Promise<void>): void;
  /** Runs every step even if one fails; throws what failed at the end. */
  run(): Promise<void>;
}

export function createClosing(): Closing {
  const steps: (() => void | Promise<void>)[] = [];
  return {
    add: (step) => void steps.push(step),
    async run() {
      const failures: unknown[] = [];
      for (const step of steps.splice(0).reverse()) {
        try {
          await step();
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw new AggregateError(failures, 'closing the gateway failed in part');
    },
  };
}
