import type { Guardrail, Subject } from '#contract/documents/guardrail.ts';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { findLiving } from '#gateway/control/commands/living.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';

/** Whether all that guardrails are measured of is there. DOCUMENT_NOT_FOUND. */
export function checkSubjects(store: DocumentStore, guardrails: readonly Guardrail[]): Result<void> {
  for (const subject of guardrails.flatMap(subjectsOf)) {
    if (subject.type === 'gateway') continue;
    const { type, id } = subject;
    if (!findLiving(store, type, id).ok) return err(appError('DOCUMENT_NOT_FOUND', { kind: type, id }));
  }
  return ok(undefined);
}

function subjectsOf({ subject, limit }: Guardrail): readonly Subject[] {
  return limit.type === 'subject' ? [subject, limit.subject] : [subject];
}
