import { type Document, type DocumentKind, documentKinds } from '#contract/documents/document.ts';
import { notReverted } from '#contract/documents/revertible.ts';
import { appError } from '#contract/errors.ts';
import { documentRevert } from '#contract/operations/documents.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { isKind } from '../store/heads.ts';
import { publicDocument } from '../store/public-document.ts';
import type { HandlersOf } from './context.ts';
import type { ControlDeps } from './deps.ts';
import { checkFlag, checkRollout } from './flags.ts';
import { livingSources, sourceIds } from './living.ts';
import { checkPlan } from './plans.ts';
import { checkPlaybook } from './playbooks.ts';
import { reading } from './reading.ts';
import { checkRedaction } from './redactions.ts';
import { type Plan, revisionOf, runCommand } from './run-command.ts';
import { checkSettings } from './settings.ts';
import { checkDestination, checkSource } from './validate.ts';

/** What documents of all kinds share. `notReverted` says which of them a revert does not write again, and why. */
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

const everyKind = Object.keys(documentKinds).filter((kind): kind is DocumentKind => Object.hasOwn(documentKinds, kind));

function planRevert(deps: ControlDeps, kind: DocumentKind, id: string, toRevision: number): Result<Plan> {
  const other = notReverted[kind];
  if (other !== undefined) return err(appError('DOCUMENT_NOT_REVERTIBLE', { kind, ...other }));
  const found = reading(() => deps.store.revision(kind, id, toRevision));
  if (!found.ok) return found;
  const old = found.value;
  if (old === null) return err(appError('DOCUMENT_NOT_FOUND', { kind, id, revision: toRevision }));
  // Going back to "deleted" is a removal, with its own checks and confirmation.
  if (old.value === null) return err(appError('DOCUMENT_NOT_REVERTIBLE', { kind, use: `${kind}.remove` }));
  const checked = checkDocument(deps, old);
  return checked.ok ? ok({ changes: [{ kind, id, value: old.value }] }) : checked;
}

/** Whether a value holds beside the documents of the store, as if it were put now. */
export function checkDocument({ store, connectors, vault, schemas }: ControlDeps, old: Document): Result<void> {
  if (isKind(old, 'source') && old.value !== null) return checkSource({ id: old.id, value: old.value }, livingSources(store));
  if (isKind(old, 'destination') && old.value !== null) {
    const checked = checkDestination(old.value, connectors, sourceIds(store));
    return checked.ok ? checkRollout(store, old.value) : checked;
  }
  if (isKind(old, 'settings') && old.value !== null) return checkSettings(store, vault.environment(), old.value);
  if (isKind(old, 'plan') && old.value !== null) return checkPlan(store, schemas, old.id, old.value);
  if (isKind(old, 'flag') && old.value !== null) return checkFlag(old.id, old.value);
  if (isKind(old, 'playbook') && old.value !== null) return checkPlaybook(old.value);
  if (isKind(old, 'redaction') && old.value !== null) return checkRedaction(store, old.value);
  return ok(undefined);
}
