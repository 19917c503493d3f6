import { type Document, type DocumentKind, documentKinds } from '#contract/documents/document.ts';
import { appError } from '#contract/errors.ts';
import { documentRevert } from '#contract/operations/documents.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { DocumentStore } from '../document-store.ts';
import { isKind } from '../store/heads.ts';
import { publicDocument } from '../store/public-document.ts';
import type { HandlersOf } from './context.ts';
import type { ControlDeps } from './deps.ts';
import { checkFlag } from './flags.ts';
import { livingSources, sourceIds } from './living.ts';
import { checkPlan } from './plans.ts';
import { reading } from './reading.ts';
import { checkRedaction } from './redactions.ts';
import { type Plan, revisionOf, runCommand } from './run-command.ts';
import { checkSettings } from './settings.ts';
import { checkDestination, checkSource } from './validate.ts';

/** More revisions than any document has: a revert may reach the oldest. */
const allRevisions = Number.MAX_SAFE_INTEGER;

/**
 * What documents of all kinds share. Two kinds are not reverted here. A switch: opening
 * releases events and needs its preview and backlog choice, so a revert would be a way around
 * `switch.set`. A credential: an old secret is never brought back (its sealed text is wiped);
 * `credential.bind` it again.
 */
export function documentCommands(
  deps: ControlDeps,
): HandlersOf<'document.list' | 'document.history' | 'document.revert' | 'document.drift'> {
  const { store } = deps;
  return {
    'document.list'({ kind }) {
      const kinds = kind === undefined ? everyKind : [kind];
      return ok({ documents: kinds.flatMap((one) => store.list<DocumentKind>(one)).map(publicDocument) });
    },
    'document.history': ({ kind, id, limit }) => reading(() => ({ revisions: store.history(kind, id, limit).map(publicDocument) })),
    'document.drift': () => ok({ drift: [...deps.drift()] }),
    'document.revert': (input, context) =>
      runCommand(store, input, context, {
        operation: documentRevert,
        target: `${input.kind}/${input.id}`,
        plan: () => planRevert(deps, input.kind, input.id, input.toRevision),
        answer: revisionOf,
      }),
  };
}

/** Kinds that are not reverted here, and what to use instead. What was erased stays erased. */
const ownOperation: ReadonlyMap<DocumentKind, string> = new Map([
  ['switch', 'switch.set'],
  ['credential', 'credential.bind'],
  ['erasure', 'erasure.request'],
  ['drill', 'drill.start'],
  ['replay', 'replay.start'],
  ['breaker', 'breaker.force'],
  ['failover', 'endpoint.use'],
]);

const everyKind = Object.keys(documentKinds).filter((kind): kind is DocumentKind => Object.hasOwn(documentKinds, kind));

function planRevert(deps: ControlDeps, kind: DocumentKind, id: string, toRevision: number): Result<Plan> {
  const use = ownOperation.get(kind);
  if (use !== undefined) return err(appError('DOCUMENT_NOT_REVERTIBLE', { kind, use }));
  const found = reading(() => findRevision(deps.store, kind, id, toRevision));
  if (!found.ok) return found;
  const old = found.value;
  if (old === null) return err(appError('DOCUMENT_NOT_FOUND', { kind, id, revision: toRevision }));
  // Going back to "deleted" is a removal, with its own checks and confirmation.
  if (old.value === null) return err(appError('DOCUMENT_NOT_REVERTIBLE', { kind, use: `${kind}.remove` }));
  const checked = checkNow(deps, old);
  return checked.ok ? ok({ changes: [{ kind, id, value: old.value }] }) : checked;
}

function findRevision(store: DocumentStore, kind: DocumentKind, id: string, revision: number): Document | null {
  return store.history(kind, id, allRevisions).find((document) => document.revision === revision) ?? null;
}

/** An old value must hold beside today's documents, as if it were put now. */
function checkNow({ store, connectors, vault, schemas }: ControlDeps, old: Document): Result<void> {
  if (isKind(old, 'source') && old.value !== null) return checkSource({ id: old.id, value: old.value }, livingSources(store));
  if (isKind(old, 'destination') && old.value !== null) return checkDestination(old.value, connectors, sourceIds(store));
  if (isKind(old, 'settings') && old.value !== null) return checkSettings(store, vault.environment(), old.value);
  if (isKind(old, 'plan') && old.value !== null) return checkPlan(store, schemas, old.id, old.value);
  if (isKind(old, 'flag') && old.value !== null) return checkFlag(old.id, old.value);
  if (isKind(old, 'redaction') && old.value !== null) return checkRedaction(store, old.value);
  return ok(undefined);
}
