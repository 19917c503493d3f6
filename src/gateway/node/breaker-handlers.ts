/** What a person makes breakers do: documents, brought to the lanes as they change. */
import type { Document } from '#contract/documents/document.ts';
import { appError } from '#contract/errors.ts';
import { breakerForce } from '#contract/operations/breaker.ts';
import { err, ok } from '#contract/result.ts';
import type { HandlersOf } from '#gateway/control/commands/context.ts';
import { findLiving } from '#gateway/control/commands/living.ts';
import { auditDenial, revisionOf, runCommand } from '#gateway/control/commands/run-command.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import { blastRadius } from '#gateway/delivery/blast-radius.ts';
import type { Force } from '#gateway/delivery/breaker.ts';
import type { Delivery } from '#gateway/delivery/delivery.ts';
import type { EventLog } from '#gateway/log/event-log.ts';

function forceOf({ value, by, reason, at }: Document<'breaker'>): Force | null {
  return value && { state: value.state, by, reason, at };
}

/** Keeps the lanes' breakers as the documents say. Returns what ends it. */
export function followForces(store: DocumentStore, delivery: Delivery): () => void {
  const bring = () =>
    delivery.setForces(
      new Map(
        store.list('breaker').flatMap((document) => {
          const force = forceOf(document);
          return force ? [[document.id, force] as const] : [];
        }),
      ),
    );
  bring();
  return store.watch((documents) => {
    if (documents.some(({ kind }) => kind === 'breaker')) bring();
  });
}

export interface BreakerHandlerDeps {
  readonly store: DocumentStore;
  readonly delivery: Delivery;
  readonly log: EventLog;
}

/**
 * Errors: DOCUMENT_NOT_FOUND where there is no such destination, REASON_REQUIRED to hold one closed, and those of
 * every command.
 */
export function createBreakerHandlers({ store, delivery, log }: BreakerHandlerDeps): HandlersOf<'breaker.force'> {
  return {
    async 'breaker.force'(input, context) {
      const { destination, state, reason = '', dryRun } = input;
      const target = `breaker/${destination}`;
      if (state === 'closed' && reason === '' && !dryRun) {
        const refused = appError('REASON_REQUIRED', { target });
        auditDenial(store, { by: context.by, action: breakerForce.name, target, reason, commandId: context.commandId }, refused);
        return err(refused);
      }
      const changed = runCommand(store, input, context, {
        operation: breakerForce,
        target,
        plan() {
          const found = findLiving(store, 'destination', destination);
          if (!found.ok) return found;
          const isThere = findLiving(store, 'breaker', destination).ok;
          if (state === null && !isThere) return ok({ changes: [] });
          return ok({ changes: [{ kind: 'breaker', id: destination, value: state && { state } }] });
        },
        answer: revisionOf,
      });
      if (!changed.ok) return changed;
      const breaker = delivery.lanes.get(destination)?.breaker;
      const preview = await blastRadius({ scope: { type: 'destination', destination }, mode: 'flow' }, delivery.lanes, log, log.now());
      const { state: effective = 'closed', measured = 'closed' } = breaker ?? {};
      return ok({ ...changed.value, effective, measured, preview });
    },
  };
}
