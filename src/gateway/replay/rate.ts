/** How many events a second, smoothed over some seconds; from a count that only grows. */
export interface Rate {
  readonly perSecond: number;
  sample(count: number, now: number): void;
}

const smoothing = 0.3;

/** @param now epoch ms */
export function createRate(now: number): Rate {
  let last: { readonly count: number; readonly at: number } | null = null;
  let perSecond: number | null = null;
  let startedAt = now;
  return {
    get perSecond() {
      return perSecond ?? 0;
    },
    sample(count, at) {
      if (last !== null && at > startedAt) {
        const current = ((count - last.count) / (at - startedAt)) * 1000;
        perSecond = perSecond === null ? current : perSecond + (current - perSecond) * smoothing;
      }
      last = { count, at };
      startedAt = at;
    },
  };
}
