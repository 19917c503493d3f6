/**
 * For how long a lane has flowed since the process started or the clock jumped. Nothing expires by age before it has
 * flowed for a minute: after a long stop, or under a clock that was just set, events first get their chance.
 */
export interface FlowTime {
  /** Once a second. `now` is the durable clock, epoch ms; `monotonic` any clock that nobody sets, ms. */
  tick(isFlowing: boolean, now: number, monotonic: number): void;
  /** ms that the lane must still flow before anything may expire by age; 0 when it may. */
  readonly untilExpiryMs: number;
  /** ms since start or the last jump, flowing or not. */
  readonly steadyMs: number;
}

export const flowBeforeExpiryMs = 60_000;
/** The two clocks may drift apart by this within one tick; more is a jump. */
const toleranceMs = 5_000;

export function createFlowTime(): FlowTime {
  let flowedMs = 0;
  let steadyMs = 0;
  let last: { readonly now: number; readonly monotonic: number } | null = null;
  return {
    tick(isFlowing, now, monotonic) {
      if (last !== null) {
        const elapsed = Math.max(0, monotonic - last.monotonic);
        const hasJumped = Math.abs(now - last.now - elapsed) > toleranceMs;
        steadyMs = hasJumped ? 0 : steadyMs + elapsed;
        flowedMs = hasJumped ? 0 : flowedMs + (isFlowing ? elapsed : 0);
      }
      last = { now, monotonic };
    },
    get untilExpiryMs() {
      return Math.max(0, flowBeforeExpiryMs - flowedMs);
    },
    get steadyMs() {
      return steadyMs;
    },
  };
}
