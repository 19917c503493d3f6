/** Since when a lane flows, as far as it was looked at. */
export interface FlowMark {
  /** Takes note of whether it flows, and returns since when, epoch ms; meaningless while it does not. */
  since(isFlowing: boolean, now: number): number;
}

export function createFlowMark(at: number): FlowMark {
  let flowingSince = at;
  let wasFlowing = true;
  return {
    since(isFlowing, now) {
      if (isFlowing && !wasFlowing) flowingSince = now;
      wasFlowing = isFlowing;
      return flowingSince;
    },
  };
}
