/**
 * What every command has in common, so that a command is a few lines: the first outcome of a
 * known commandId, the reason and the typed confirmation, the preview, one commit with its
 * audit entry, and an audited denial.
 */
import type { Document } from '#contract/documents/document.ts';
import { type AppError, appError } from '#contract/errors.ts';
import type { Operation } from '#contract/operation.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { CallContext } from '#contract/service.ts';
import type { Attribution, Change, DocumentStore } from '../document-store.ts';
import { pointBefore } from '../restore/points.ts';
import { planChanges } from '../store/plan-changes.ts';

/** The fields that every command takes beside its own, parsed. */
export interface CommonInput {
  readonly reason?: string | undefined;
  readonly expectedRevision?: number | undefined;
  readonly dryRun: boolean;
}

export interface Plan {
  /** The first is the one that `expectedRevision` speaks of. */
  readonly changes: readonly Change[];
  /** Done just before the commit; what it answers undoes it where the commit fails. */
  readonly stage?: () => () => void;
}

export interface Command<Output> {
  readonly operation: Operation;
  /** `kind/id`, for the audit. */
  readonly target: string;
  /** What it is about, in a restore point's name. Absent: the id of the target. */
  readonly about?: string;
  /** What must be typed to confirm, and what was. */
  readonly confirm?: { readonly expected: string; readonly typed: string | undefined };
  /** Validates and says what would be written. Changes nothing. */
  readonly plan: () => Result<Plan>;
  /** The output, from the revisions written (or, in a dry run, to be written). */
  readonly answer: (documents: readonly Document[]) => Output;
}

/**
 * Runs a command. Errors: those of its plan, REASON_REQUIRED, CONFIRMATION_REQUIRED,
 * DOCUMENT_CONFLICT, COMMAND_ID_REUSED, CONTROL_STORE_FAILED. A dry run writes nothing, not even audit.
 */
export function runCommand<Output>(
  store: DocumentStore,
  input: CommonInput,
  context: CallContext,
  command: Command<Output>,
): Result<Output> {
  const attribution: Attribution = {
    by: context.by,
    action: command.operation.name,
    target: command.target,
    reason: input.reason ?? '',
    commandId: context.commandId,
  };
  const isKnown = !input.dryRun && context.commandId !== null && store.outcome(context.commandId) !== null;
  const documents = isKnown ? store.commit([], attribution) : attempt(store, input, command, attribution);
  if (documents.ok) return ok(command.answer(documents.value));
  if (!isKnown && !input.dryRun) auditDenial(store, attribution, documents.error);
  return documents;
}

/** Writes down that a command was refused, and why. What may succeed unchanged later is no denial and keeps its commandId free. */
export function auditDenial(store: DocumentStore, attribution: Attribution, error: AppError): void {
  if (!error.retryable) store.note(attribution, error.code);
}

function attempt<Output>(
  store: DocumentStore,
  input: CommonInput,
  command: Command<Output>,
  attribution: Attribution,
): Result<readonly Document[]> {
  const plan = mayRun(input, command) ?? command.plan();
  if (!plan.ok) return plan;
  const [first, ...rest] = plan.value.changes;
  const changes = first === undefined ? [] : [{ ...first, expectedRevision: input.expectedRevision }, ...rest];
  const preview = planChanges(changes, store.get, { at: 0, by: attribution.by, reason: attribution.reason });
  if (input.dryRun || !preview.ok) return preview;
  const undo = plan.value.stage?.();
  const written = store.commit([...changes, ...guard(store, command, changes)], attribution);
  if (!written.ok) undo?.();
  return written;
}

/** What a critical command changes can be brought back as it was: it takes a restore point along, in its own commit. */
function guard<Output>(store: DocumentStore, { operation, target, about }: Command<Output>, changes: readonly Change[]): readonly Change[] {
  return operation.danger === 'critical'
    ? pointBefore(store, changes, `${operation.title}: ${about ?? target.slice(target.indexOf('/') + 1)}`)
    : [];
}

/** null: nothing speaks against it. */
function mayRun<Output>(input: CommonInput, { operation, confirm }: Command<Output>): Result<never> | null {
  // A preview needs neither: it is what one looks at before giving them.
  if (input.dryRun) return null;
  if (operation.danger === 'critical' && (input.reason ?? '') === '') return err(appError('REASON_REQUIRED'));
  if (confirm !== undefined && confirm.typed !== confirm.expected)
    return err(appError('CONFIRMATION_REQUIRED', { type: confirm.expected }));
  return null;
}

/** The output of most commands: the revision of the document they speak of. */
export function revisionOf(documents: readonly Document[]): { revision: number } {
  return { revision: documents[0]?.revision ?? 0 };
}
