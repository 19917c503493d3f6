export interface Level {
  readonly stepMs: number;
  /** How long its windows are kept, ms. */
  readonly keepMs: number;
}

/** 1 s for 15 minutes, 10 s for a day, 60 s for 30 days. */
export const levels: readonly [Level, Level, Level] = [
  { stepMs: 1000, keepMs: 15 * 60_000 },
  { stepMs: 10_000, keepMs: 24 * 3_600_000 },
  { stepMs: 60_000, keepMs: 30 * 86_400_000 },
];

/** How long the windows of each level are kept where the coarsest are kept for so long, ms. */
export function levelsKept(rollupMs: number): readonly Level[] {
  const [fine, middle, coarse] = levels;
  return [fine, middle, { ...coarse, keepMs: rollupMs }];
}

/** Start of the window of this step that an end time falls into: a window covers (start, start + step]. */
export function windowStart(endMs: number, stepMs: number): number {
  return Math.ceil(endMs / stepMs - 1) * stepMs;
}

export interface Resolution {
  readonly level: Level;
  /** A multiple of the level's step, so that at most `maxPoints` points cover the range. */
  readonly stepMs: number;
}

/**
 * How to draw (from, to]: the coarsest level that still gives `maxPoints`, or a coarser one where the
 * finer no longer reaches back to `from`. Several windows make one point where even that is too many.
 */
export function resolutionFor(fromMs: number, toMs: number, maxPoints: number, nowMs: number): Resolution {
  const neededMs = Math.max(1, (toMs - fromMs) / maxPoints);
  const fine = levels.filter((level) => level.stepMs <= neededMs).at(-1) ?? levels[0];
  const level = levels.find((candidate) => candidate.stepMs >= fine.stepMs && nowMs - fromMs <= candidate.keepMs) ?? levels[2];
  return { level, stepMs: Math.max(1, Math.ceil(neededMs / level.stepMs)) * level.stepMs };
}
