import { appError } from '#contract/errors.ts';
import { destinationClaim, destinationPut, destinationRemove } from '#contract/operations/documents.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { Change, DocumentStore } from '../document-store.ts';
import type { HandlersOf } from './context.ts';
import type { ControlDeps } from './deps.ts';
import { checkRollout } from './flags.ts';
import { findLiving, sourceIds } from './living.ts';
import { revisionOf, runCommand } from './run-command.ts';
import { checkDestination } from './validate.ts';

/**
 * Destinations. Removing one removes its credential and its endpoint in use in the same commit, but not its switches:
 * a park must never be lifted as a side effect, least of all while the lane is being taken down.
 */
export function destinationCommands({
  store,
  connectors,
}: ControlDeps): HandlersOf<'destination.put' | 'destination.remove' | 'destination.claim'> {
  return {
    'destination.put': (input, context) =>
      runCommand(store, input, context, {
        operation: destinationPut,
        target: `destination/${input.id}`,
        plan() {
          const checked = checkDestination(input.value, connectors, sourceIds(store));
          const rollout = checkRollout(store, input.value);
          if (!rollout.ok) return rollout;
          return checked.ok ? ok({ changes: [{ kind: 'destination', id: input.id, value: input.value }] }) : checked;
        },
        answer: revisionOf,
      }),

    'destination.remove': (input, context) =>
      runCommand(store, input, context, {
        operation: destinationRemove,
        target: `destination/${input.id}`,
        confirm: { expected: input.id, typed: input.confirm },
        plan() {
          const changes = removalOf(store, input.id);
          return changes.ok ? ok({ changes: changes.value }) : changes;
        },
        answer: revisionOf,
      }),

    'destination.claim': (input, context) =>
      runCommand(store, input, context, {
        operation: destinationClaim,
        target: `destination/${input.id}`,
        plan() {
          const found = findLiving(store, 'destination', input.id);
          if (!found.ok) return found;
          const { owner: _released, ...value } = found.value.value;
          return ok({
            changes: [{ kind: 'destination', id: input.id, value: input.owner === null ? value : { ...value, owner: input.owner } }],
          });
        },
        answer: revisionOf,
      }),
  };
}

/** What removing a destination writes. DOCUMENT_NOT_FOUND, DOCUMENT_IN_USE. */
export function removalOf(store: DocumentStore, id: string): Result<readonly Change[]> {
  const found = findLiving(store, 'destination', id);
  if (!found.ok) return found;
  const diverts = store.list('switch').filter(({ value }) => value?.mode === 'divert' && value.to === id);
  if (diverts.length > 0) return err(appError('DOCUMENT_IN_USE', { switches: diverts.map((each) => each.id) }));
  const along = (['credential', 'failover'] as const).filter((kind) => findLiving(store, kind, id).ok);
  return ok([{ kind: 'destination', id, value: null }, ...along.map((kind) => ({ kind, id, value: null }))]);
}
