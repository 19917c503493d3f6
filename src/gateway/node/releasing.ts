import type { Result } from '#contract/result.ts';
import type { Choice } from '#gateway/quarantine/held-table.ts';
import { finishReleases, previewRelease, type Release, type ReleaseDeps, releaseHeld } from '#gateway/quarantine/release.ts';
import type { Meter } from '#gateway/telemetry/meter.ts';
import type { NodePipeline } from './pipeline.ts';
import type { Routing } from './routing.ts';
import type { NodeState } from './state.ts';

export interface Releasing {
  /** Settles what a former run left half done. */
  finish(): Promise<Result<number>>;
  release(choice: Choice, limit: number): Promise<Result<Release>>;
  preview(choice: Choice, limit: number): Promise<Result<Release>>;
}

/** Releases from quarantine, one after the other: what an earlier one could not settle is settled before the next. */
export function createReleasing(parts: {
  readonly state: NodeState;
  readonly pipeline: NodePipeline;
  readonly routing: Routing;
  readonly meter: Meter;
}): Releasing {
  const { state, pipeline, routing, meter } = parts;
  const deps: ReleaseDeps = {
    quarantine: pipeline.quarantine,
    log: state.log,
    meter,
    source: (id) => [...routing.sources().values()].find((source) => source.id === id) ?? null,
    route: routing.route,
    now: Date.now,
  };
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  }
  return {
    finish: () => finishReleases(deps),
    release: (choice, limit) =>
      inTurn(async () => {
        const finished = await finishReleases(deps);
        return finished.ok ? releaseHeld(deps, choice, limit) : finished;
      }),
    preview: (choice, limit) => previewRelease(deps, choice, limit),
  };
}
