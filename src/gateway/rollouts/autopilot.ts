/**
 * Drives rollouts in the gateway, once a second, from their documents alone: no console need be open, and after a restart it goes
 * on where the documents say. All that is lost then are the samples of the present step, which are taken again.
 */
import type { Document } from '#contract/documents/document.ts';
import type { Judgement } from '#contract/documents/guardrail.ts';
import { isActive, type Rollout } from '#contract/documents/rollout.ts';
import type { AppError } from '#contract/errors.ts';
import type { RolloutReading } from '#contract/operations/rollouts.ts';
import { ok, type Result } from '#contract/result.ts';
import type { Change, DocumentStore } from '#gateway/control/document-store.ts';
import type { Second } from '#gateway/guardrails/measure.ts';
import { createRuns, type Run, type Runs } from '#gateway/guardrails/runs.ts';
import { flagBefore } from './flag-before.ts';
import { advance, decide, type LivingFlag, type Move, nextOf, overtaken, pause, revert, type Stamp, stop } from './machine.ts';

export interface Autopilot {
  /** Takes a second of telemetry and moves what is due. */
  tick(second: Second): void;
  /** What the guardrails of active rollouts say. */
  readings(): readonly RolloutReading[];
  /** What they say of this one; empty where it is not active. */
  judged(id: string): readonly Judgement[];
}

export interface AutopilotDeps {
  readonly store: DocumentStore;
  /** Epoch ms, of times that are stored. */
  now(): number;
  /** A move that could not be made: it is tried again with the next second. */
  failed(id: string, error: AppError): void;
  bug(error: unknown): void;
}

/** Who it is in revisions and audit. */
export const autopilotName = 'rollout';

type ActiveRollout = Document<'rollout'> & { readonly value: Rollout };

export function createAutopilot({ store, now, failed, bug }: AutopilotDeps): Autopilot {
  const runs = createRuns(now);
  const active = () =>
    store.list('rollout').filter((document): document is ActiveRollout => document.value !== null && isActive(document.value));

  function drive(document: ActiveRollout): void {
    const move = moveOf(store, runs, document, now());
    const written = move.ok && move.value !== null ? commit(store, document, move.value) : move;
    if (!written.ok) failed(document.id, written.error);
  }

  return {
    tick(second) {
      const documents = active();
      runs.take(documents.map(runOf), second);
      for (const document of documents) {
        try {
          drive(document);
        } catch (error) {
          bug(error);
        }
      }
    },
    readings: () =>
      active().map((document) => {
        const judged = [...runs.judge(runOf(document))];
        return { id: document.id, judged, next: nextOf(document.value, judged) };
      }),
    judged(id) {
      const document = active().find((each) => each.id === id);
      return document === undefined ? [] : runs.judge(runOf(document));
    },
  };
}

function runOf({ id, revision, value: { guardrails, baselines, startedAt } }: ActiveRollout): Run {
  return { id, revision, guardrails, baselines, startedAt };
}

/** What is due; null where nothing is. The figures are drawn up only then: they cost more than verdicts. ROLLOUT_IMPOSSIBLE. */
function moveOf(store: DocumentStore, runs: Runs, document: ActiveRollout, at: number): Result<Move | null> {
  const rollout = document.value;
  const run = runOf(document);
  const flag = store.get('flag', rollout.flag);
  const stamp = (why: string, judged = runs.judge(run)): Stamp => ({ at, by: autopilotName, why, judged });
  const taken = overtaken(rollout, flag);
  if (taken !== null || !isLiving(flag)) return ok(stop(rollout, stamp(taken ?? '')));
  const decided = decide(rollout, runs.verdicts(run), at);
  if (decided.does === 'stay') return ok(null);
  if (decided.does === 'advance') {
    const count = rollout.guardrails.length;
    return advance(rollout, flag, stamp(`soaked, and ${count === 1 ? 'its guardrail holds' : `all ${count} guardrails hold`}`));
  }
  const judged = runs.judge(run);
  const because = stamp(judged[decided.rail]?.words ?? '', judged);
  if (decided.does === 'pause') return ok(pause(rollout, because));
  const before = flagBefore(store, rollout);
  return before.ok ? ok(revert(rollout, flag, before.value, because)) : before;
}

export function isLiving(flag: Document<'flag'> | null): flag is LivingFlag {
  return flag !== null && flag.value !== null;
}

/** Rollout and flag in one commit, each as it was looked at, or nothing. */
function commit(store: DocumentStore, { id, revision }: ActiveRollout, move: Move): Result<unknown> {
  const [first, ...rest] = changesOf(id, move);
  const changes = first === undefined ? [] : [{ ...first, expectedRevision: revision }, ...rest];
  const reason = `${move.did}: ${move.rollout.why}`.slice(0, 500);
  return store.commit(changes, { by: autopilotName, action: `rollout.${move.did}`, target: `rollout/${id}`, reason, commandId: null });
}

/** The rollout comes first. The flag is written only where it still is as the rollout (or, at a start, its command) saw it. */
export function changesOf(id: string, { rollout, flag }: Move): readonly Change[] {
  const own: Change = { kind: 'rollout', id, value: rollout };
  return flag === null ? [own] : [own, { kind: 'flag', id: rollout.flag, value: flag, expectedRevision: rollout.written - 1 }];
}
