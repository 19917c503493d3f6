/**
 * Waits before trying again: doubling from `baseMs` to `capMs`, drawn uniformly from the upper
 * half, so that many consoles do not come back in step and none waits for nothing.
 */
export function backoffMs(attempt: number, random: () => number, baseMs = 300, capMs = 8000): number {
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(attempt, 20));
  return ceiling / 2 + random() * (ceiling / 2);
}
