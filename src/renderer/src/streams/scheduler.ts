/**
 * One scheduler for everything that draws live data. A painter that was marked runs at most
 * four times a second; each animation frame spends at most `budgetMs`, so six charts and
 * thirty rows spread over frames instead of making one long one. Nothing runs while hidden.
 */
export interface SchedulerHost {
  readonly requestFrame: (run: (time: number) => void) => void;
  readonly isHidden: () => boolean;
  /** ms, monotonic, the clock that frames carry. */
  readonly now: () => number;
}

export interface Painter {
  /** Says that there is something new to draw. */
  mark(): void;
  remove(): void;
}

export interface Scheduler {
  add(paint: () => void): Painter;
  /** Call when the page becomes visible again. */
  wake(): void;
}

interface Entry {
  readonly paint: () => void;
  isDirty: boolean;
  paintedAt: number;
}

export function createScheduler(
  host: SchedulerHost,
  options: { readonly minIntervalMs?: number; readonly budgetMs?: number } = {},
): Scheduler {
  const { minIntervalMs = 250, budgetMs = 6 } = options;
  const entries = new Set<Entry>();
  let isRequested = false;

  const request = () => {
    if (isRequested || host.isHidden()) return;
    isRequested = true;
    host.requestFrame(run);
  };
  const run = (time: number) => {
    isRequested = false;
    if (host.isHidden()) return;
    const startedAt = host.now();
    let isAnyLeft = false;
    for (const entry of entries) {
      if (!entry.isDirty) continue;
      if (time - entry.paintedAt < minIntervalMs || host.now() - startedAt >= budgetMs) {
        isAnyLeft = true;
        continue;
      }
      entry.isDirty = false;
      entry.paintedAt = time;
      // Whoever painted goes to the end, so that a tight budget starves nobody.
      entries.delete(entry);
      entries.add(entry);
      entry.paint();
      if (entry.isDirty) isAnyLeft = true;
      if (host.now() - startedAt >= budgetMs) {
        isAnyLeft ||= [...entries].some((other) => other.isDirty);
        break;
      }
    }
    if (isAnyLeft) request();
  };

  return {
    add: (paint) => {
      const entry: Entry = { paint, isDirty: false, paintedAt: Number.NEGATIVE_INFINITY };
      entries.add(entry);
      return {
        mark: () => {
          entry.isDirty = true;
          request();
        },
        remove: () => {
          entry.isDirty = false;
          entries.delete(entry);
        },
      };
    },
    wake: () => {
      if ([...entries].some((entry) => entry.isDirty)) request();
    },
  };
}

/** The page's own scheduler. */
export const scheduler: Scheduler = createScheduler({
  requestFrame: (run) => requestAnimationFrame(run),
  isHidden: () => document.hidden,
  now: () => performance.now(),
});

if (typeof document !== 'undefined') document.addEventListener('visibilitychange', () => scheduler.wake());
