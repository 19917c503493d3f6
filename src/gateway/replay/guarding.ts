/** Replays that pause by themselves where a guardrail is breached: what they give anew must not make things worse. */
import type { Document } from '#contract/documents/document.ts';
import type { Guardrail } from '#contract/documents/guardrail.ts';
import type { Replay } from '#contract/documents/replay.ts';
import { type AppError, appError } from '#contract/errors.ts';
import { err, type Result } from '#contract/result.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import type { Second } from '#gateway/guardrails/measure.ts';
import { createRuns, type Run } from '#gateway/guardrails/runs.ts';
import { checkSubjects } from '#gateway/guardrails/subjects.ts';

export interface GuardingDeps {
  readonly store: DocumentStore;
  /** Epoch ms. */
  now(): number;
  /** It could not be paused: the next second tries it again. */
  failed(id: string, error: AppError): void;
}

type Guarded = Document<'replay'> & { readonly value: Replay & { readonly guardrails: readonly Guardrail[] } };

/** Takes each second of telemetry and pauses what must be. */
export function guardReplays({ store, now, failed }: GuardingDeps): (second: Second) => void {
  const runs = createRuns(now);
  return (second) => {
    const guarded = store.list('replay').filter(isGuarded);
    runs.take(guarded.map(runOf), second);
    for (const document of guarded) {
      const run = runOf(document);
      if (!runs.verdicts(run).includes('breached')) continue;
      const why = runs.judge(run).find(({ verdict }) => verdict === 'breached')?.words ?? '';
      const { id, revision, value } = document;
      const detail = why.slice(0, 300);
      const attribution = { by: 'guardrail', action: 'replay.paused', target: `replay/${id}`, reason: detail, commandId: null };
      const paused = store.commit(
        [{ kind: 'replay', id, value: { ...value, state: 'paused', detail }, expectedRevision: revision }],
        attribution,
      );
      if (!paused.ok) failed(id, paused.error);
    }
  };
}

function isGuarded(document: Document<'replay'>): document is Guarded {
  return document.value?.state === 'running' && document.value.guardrails !== undefined;
}

function runOf({ id, revision, value: { guardrails, startedAt } }: Guarded): Run {
  return { id, revision, guardrails, startedAt };
}

/** INPUT_INVALID, DOCUMENT_NOT_FOUND. */
export function checkGuardrails(store: DocumentStore, guardrails: readonly Guardrail[]): Result<void> {
  const index = guardrails.findIndex(({ limit }) => limit.type === 'before');
  const message = 'a replay is not held against the time before';
  if (index >= 0) return err(appError('INPUT_INVALID', { issues: [{ path: `guardrails.${index}.limit`, message }] }));
  return checkSubjects(store, guardrails);
}
