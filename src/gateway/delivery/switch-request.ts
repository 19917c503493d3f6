/** What a request to flip a switch asks for, and whether it may. */
import type { Document } from '#contract/documents/document.ts';
import { type BacklogChoice, type Switch, scopeLabel } from '#contract/documents/switch.ts';
import { appError } from '#contract/errors.ts';
import type { ParsedInputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import { lanesIn, releasesBacklog } from './blast-radius.ts';
import type { Lane } from './lane.ts';

export type SetInput = ParsedInputOf<Operations['switch.set']>;

/** The document's value that a request asks for. `head`: last seq of the log. */
export function requestedSwitch(input: SetInput, now: number, head: number): Switch {
  const backlog: BacklogChoice = input.backlog ?? { choice: 'drain' };
  return {
    scope: input.scope,
    mode: input.mode,
    until: input.forMs === undefined || input.mode === 'flow' ? null : Math.round(now + input.forMs),
    fromSeq: input.mode === 'drop' && !input.includeBacklog ? head : 0,
    opening: input.mode === 'flow' ? { backlog, throughSeq: head, pacePerSecond: input.pacePerSecond ?? null } : null,
  };
}

/** Why a request is refused. A park needs nothing; what loses or releases events a reason, and where it cannot be taken back the name typed. */
export function refusalOf(
  input: SetInput,
  current: Document<'switch'> | null,
  { store, lanes }: { readonly store: DocumentStore; readonly lanes: ReadonlyMap<string, Lane> },
): Result<null> {
  const { scope } = input;
  if (scope.type === 'destination' && !store.get('destination', scope.destination)?.value)
    return err(appError('DOCUMENT_NOT_FOUND', { destination: scope.destination }));
  if (scope.type === 'source' && !store.get('source', scope.source)?.value)
    return err(appError('DOCUMENT_NOT_FOUND', { source: scope.source }));
  if (input.expectedRevision !== undefined && input.expectedRevision !== (current?.revision ?? 0))
    return err(appError('DOCUMENT_CONFLICT', { revision: current?.revision ?? 0, by: current?.by ?? '' }));
  if (input.dryRun || input.mode === 'park') return ok(null);
  return guard(input, lanesIn(scope, lanes));
}

function guard(input: SetInput, lanes: readonly Lane[]): Result<null> {
  const label = scopeLabel(input.scope);
  const messagesPeople = input.mode === 'flow' && lanes.some((lane) => lane.spec.connector.messagesPeople);
  if (messagesPeople && !input.backlog)
    return err(appError('INPUT_INVALID', { backlog: 'say what to do with the backlog: this vendor sends messages to people' }));
  if (!input.reason) return err(appError('REASON_REQUIRED', { target: label }));
  const loses = input.mode === 'drop' || input.backlog?.choice === 'discard';
  const messages = messagesPeople && input.backlog !== undefined && releasesBacklog(input.backlog);
  if ((loses || messages) && input.confirm !== label) return err(appError('CONFIRMATION_REQUIRED', { type: label }));
  return ok(null);
}
