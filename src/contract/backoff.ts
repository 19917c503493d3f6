/** Waits between attempts: exponential, drawn from the upper half, so that many clients do not come back in step and none waits for nothing. */
export interface Backoff {
  /** The next wait, ms. */
  next(): number;
  /** After a success: the next wait is the first again. */
  reset(): void;
}

export function createBackoff(options: { readonly firstMs: number; readonly maxMs: number; readonly random?: () => number }): Backoff {
  const { firstMs, maxMs, random = Math.random } = options;
  let step = 0;
  return {
    next() {
      const ceiling = Math.min(maxMs, firstMs * 2 ** step);
      step = Math.min(step + 1, 30);
      return ceiling / 2 + (random() * ceiling) / 2;
    },
    reset() {
      step = 0;
    },
  };
}
