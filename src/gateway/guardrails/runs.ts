import type { Baseline, Guardrail, Judgement } from '#contract/documents/guardrail.ts';
import { createGuards } from './guards.ts';
import type { Second } from './measure.ts';

/** Something that runs under guardrails, as its document has it. */
export interface Run {
  readonly id: string;
  /** Another one is another state of things: samples begin anew. */
  readonly revision: number;
  readonly guardrails: readonly Guardrail[];
  readonly baselines?: readonly (Baseline | null)[];
  /** Epoch ms. */
  readonly startedAt: number;
}

/** The guards of all runs of a kind, made as the runs come and forgotten as they go. */
export interface Runs {
  /** Takes one second for those that run; forgets the others. */
  take(runs: readonly Run[], second: Second): void;
  verdicts(run: Run): readonly Judgement['verdict'][];
  judge(run: Run): readonly Judgement[];
}

/** @param now epoch ms, of the clock that `startedAt` is of */
export function createRuns(now: () => number): Runs {
  let known = new Map<string, { readonly revision: number; readonly guards: ReturnType<typeof createGuards> }>();
  function guardsOf({ id, revision, guardrails, baselines }: Run) {
    const before = known.get(id);
    if (before?.revision === revision) return before.guards;
    const guards = createGuards(guardrails, baselines);
    known.set(id, { revision, guards });
    return guards;
  }
  const lookAt = ({ startedAt }: Run) => Math.floor((now() - startedAt) / 1000);
  return {
    take(runs, second) {
      known = new Map([...known].filter(([id]) => runs.some((run) => run.id === id)));
      for (const run of runs) guardsOf(run).take(second);
    },
    verdicts: (run) => guardsOf(run).verdicts(lookAt(run)),
    judge: (run) => guardsOf(run).judge(lookAt(run)),
  };
}
