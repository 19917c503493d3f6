/** What a request to flip a switch asks for, and whether it may. */
import type { Document } from '#contract/documents/document.ts';
import { type BacklogChoice, type Switch, type SwitchMode, scopeId, scopeLabel } from '#contract/documents/switch.ts';
import { appError } from '#contract/errors.ts';
import type { ParsedInputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import { lanesIn, releasesBacklog } from './blast-radius.ts';
import { findCircle } from './diversions.ts';
import type { Lane } from './lane.ts';

export type SetInput = ParsedInputOf<Operations['switch.set']>;

export interface Desk {
  readonly store: DocumentStore;
  readonly lanes: ReadonlyMap<string, Lane>;
}

/** Modes that decide events from a point in the log on. */
const decides: ReadonlySet<SwitchMode> = new Set(['drop', 'divert', 'sample']);

/** The document's value that a request asks for. `head`: last seq of the log. */
export function requestedSwitch(input: SetInput, now: number, head: number): Switch {
  const { scope, mode, to, share } = input;
  const backlog: BacklogChoice = input.backlog ?? { choice: 'drain' };
  return {
    scope,
    mode,
    until: input.forMs === undefined || mode === 'flow' ? null : Math.round(now + input.forMs),
    fromSeq: decides.has(mode) && !input.includeBacklog ? head : 0,
    opening: mode === 'flow' ? { backlog, throughSeq: head, pacePerSecond: input.pacePerSecond ?? null } : null,
    ...(mode === 'divert' && to !== undefined ? { to } : {}),
    ...(mode === 'sample' && share !== undefined ? { share } : {}),
  };
}

/** Why a request is refused. A park needs nothing; what loses, releases or moves events a reason, and where it cannot be taken back the name typed. */
export function refusalOf(input: SetInput, current: Document<'switch'> | null, desk: Desk): Result<null> {
  const { scope } = input;
  const { store, lanes } = desk;
  if (scope.type === 'destination' && !store.get('destination', scope.destination)?.value)
    return err(appError('DOCUMENT_NOT_FOUND', { destination: scope.destination }));
  if (scope.type === 'source' && !store.get('source', scope.source)?.value)
    return err(appError('DOCUMENT_NOT_FOUND', { source: scope.source }));
  const unfit = unfitOf(input, store);
  if (!unfit.ok) return unfit;
  if (input.expectedRevision !== undefined && input.expectedRevision !== (current?.revision ?? 0))
    return err(appError('DOCUMENT_CONFLICT', { revision: current?.revision ?? 0, by: current?.by ?? '' }));
  if (input.dryRun || input.mode === 'park') return ok(null);
  return guard(input, lanesIn(scope, lanes), lanes);
}

/** What a mode lacks: its target, its share; or where its target leads. Said in a dry run too. */
function unfitOf({ scope, mode, to, share }: SetInput, store: DocumentStore): Result<null> {
  const lacking = (path: string, message: string) => err(appError('INPUT_INVALID', { issues: [{ path, message }] }));
  if (mode === 'sample' && share === undefined) return lacking('share', 'say which share is still sent, e.g. 0.1');
  if (mode !== 'divert') return ok(null);
  if (to === undefined) return lacking('to', 'say which destination gets the events instead');
  if (!store.get('destination', to)?.value) return err(appError('DOCUMENT_NOT_FOUND', { destination: to }));
  if (scope.type === 'destination' && scope.destination === to) return err(appError('SWITCH_CIRCLE', { way: [to, to] }));
  const id = scopeId(scope);
  const others = store.list('switch').flatMap((document) => (document.value && document.id !== id ? [document.value] : []));
  const destinations = store.list('destination').flatMap((document) => (document.value ? [document.id] : []));
  const way = findCircle([...others, { scope, mode, to, until: null, fromSeq: 0, opening: null }], destinations);
  return way === null ? ok(null) : err(appError('SWITCH_CIRCLE', { way }));
}

function guard(input: SetInput, reached: readonly Lane[], lanes: ReadonlyMap<string, Lane>): Result<null> {
  const label = scopeLabel(input.scope);
  const { mode, to, backlog } = input;
  const opensToPeople = mode === 'flow' && reached.some((lane) => lane.spec.connector.messagesPeople);
  if (opensToPeople && !backlog)
    return err(appError('INPUT_INVALID', { backlog: 'say what to do with the backlog: this vendor sends messages to people' }));
  if (!input.reason) return err(appError('REASON_REQUIRED', { target: label }));
  const loses = mode === 'drop' || mode === 'sample' || backlog?.choice === 'discard';
  const divertsToPeople = mode === 'divert' && to !== undefined && lanes.get(to)?.spec.connector.messagesPeople === true;
  const messages = divertsToPeople || (opensToPeople && backlog !== undefined && releasesBacklog(backlog));
  if ((loses || messages) && input.confirm !== label) return err(appError('CONFIRMATION_REQUIRED', { type: label }));
  return ok(null);
}
