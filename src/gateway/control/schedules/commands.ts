import { diffValues } from '#contract/documents/diff.ts';
import { documentKindSchema } from '#contract/documents/document.ts';
import { nextMoment, type Schedule } from '#contract/documents/schedule.ts';
import { appError } from '#contract/errors.ts';
import type { Operation, ParsedInputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { scheduleCancel, schedulePut } from '#contract/operations/schedules.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { CallContext } from '#contract/service.ts';
import type { HandlersOf } from '../commands/context.ts';
import { findLiving } from '../commands/living.ts';
import type { Performer } from '../commands/perform.ts';
import { revisionOf, runCommand } from '../commands/run-command.ts';
import { settingsId } from '../commands/settings.ts';
import type { DocumentStore } from '../document-store.ts';
import { sha256 } from '../store/canonical.ts';
import { refusal } from './may-wait.ts';

export interface ScheduleCommandDeps {
  readonly store: DocumentStore;
  readonly performer: Performer;
  /** Epoch ms; the durable clock. */
  readonly now: () => number;
}

type PutInput = ParsedInputOf<Operations['schedule.put']>;

/** A moment may have passed while it was being typed, ms. */
const justNowMs = 60_000;

export function scheduleCommands(deps: ScheduleCommandDeps): HandlersOf<'schedule.put' | 'schedule.cancel'> {
  const { store, now } = deps;
  return {
    async 'schedule.put'(input, context) {
      const id = input.id ?? newId(input, context);
      const isRepeated = context.commandId !== null && store.outcome(context.commandId) !== null;
      const present = store.get('schedule', id)?.value ?? null;
      const tried = isRepeated || present?.state === 'applied' ? ok(null) : await tryOut(deps, input, context);
      if (!tried.ok) return tried;
      const command = {
        operation: schedulePut,
        target: `schedule/${id}`,
        plan: () => {
          const value = wanted(store, store.get('schedule', id)?.value ?? null, input, context.by, Math.round(now()));
          return value.ok ? ok({ changes: [{ kind: 'schedule' as const, id, value: value.value }] }) : value;
        },
        answer: (documents: Parameters<typeof revisionOf>[0]) => ({ id, ...revisionOf(documents), preview: tried.value }),
      };
      return runCommand(store, input, context, command);
    },

    'schedule.cancel': (input, context) =>
      runCommand(store, input, context, {
        operation: scheduleCancel,
        target: `schedule/${input.id}`,
        plan() {
          const found = findLiving(store, 'schedule', input.id);
          if (!found.ok) return found;
          const { value } = found.value;
          if (nextMoment(value) === null) return err(appError('SCHEDULE_OVER', { state: value.state }));
          const endedAt = Math.round(now());
          const called: Schedule =
            value.state === 'waiting'
              ? { ...value, state: 'cancelled', endedAt }
              : { ...value, undoAt: null, endedAt, detail: `${context.by} decided that it is not put back.` };
          return ok({ changes: [{ kind: 'schedule', id: input.id, value: called }] });
        },
        answer: revisionOf,
      }),
  };
}

/** The same for a command that is sent again. */
function newId({ run }: PutInput, { commandId }: CallContext): string {
  const noun =
    run.operation
      .split('.')[0]
      ?.toLowerCase()
      .replace(/[^a-z0-9]/g, '') ?? '';
  return `${noun === '' ? 'command' : noun}-${sha256(commandId ?? '').slice(0, 8)}`;
}

/** What the command answers as a dry run, now. SCHEDULE_REFUSED, OPERATION_UNKNOWN, and whatever refuses it. */
async function tryOut({ store, performer }: ScheduleCommandDeps, input: PutInput, context: CallContext): Promise<Result<unknown>> {
  const operation = performer.find(input.run.operation);
  if (operation === null) return err(appError('OPERATION_UNKNOWN', { operation: input.run.operation }));
  const refused = refusal(operation, input.run, input.undoAt, input.reason ?? '');
  if (refused !== null) return err(refused);
  const { run } = withRevision(store, operation, input.run);
  return performer.run(operation.name, { ...run.input, dryRun: true }, { by: context.by, commandId: null });
}

/** A whole value is put later only on what it was made from. */
function withRevision(store: DocumentStore, { name }: Pick<Operation, 'name'>, run: Schedule['run']): Pick<Schedule, 'run'> {
  const { reason: _reason, dryRun: _dryRun, ...input } = run.input;
  const kind = documentKindSchema.safeParse(name.split('.')[0]);
  const id = input.id ?? settingsId;
  if (!name.endsWith('.put') || !kind.success || typeof id !== 'string' || 'expectedRevision' in input)
    return { run: { operation: name, input } };
  const head = store.get(kind.data, id);
  return { run: { operation: name, input: { ...input, expectedRevision: head === null || head.value === null ? 0 : head.revision } } };
}

/** The document that a request asks for, beside the one there is. SCHEDULE_OVER, INPUT_INVALID. */
function wanted(store: DocumentStore, present: Schedule | null, input: PutInput, by: string, now: number): Result<Schedule> {
  const invalid = (path: string, message: string) => err(appError('INPUT_INVALID', { issues: [{ path, message }] }));
  const { run } = withRevision(store, { name: input.run.operation }, input.run);
  const at = input.at ?? (present?.state === 'applied' ? present.at : now);
  if (present !== null && present.state !== 'waiting') {
    if (nextMoment(present) === null) return err(appError('SCHEDULE_OVER', { state: present.state }));
    const isSame =
      present.run.operation === run.operation && at === present.at && diffValues(inputOf(present.run), inputOf(run)).length === 0;
    if (!isSame) return invalid('run', 'it ran already: only undoAt may change');
    return ok({ ...present, undoAt: input.undoAt, endedAt: input.undoAt === null ? now : null });
  }
  if (at < now - justNowMs) return invalid('at', 'lies in the past');
  if (input.undoAt !== null && input.undoAt <= Math.max(at, now)) return invalid('undoAt', 'must lie after the change');
  const reason = input.reason ?? present?.reason ?? '';
  return ok({ run, by, reason, at, undoAt: input.undoAt, state: 'waiting', covered: [], appliedAt: null, endedAt: null, detail: '' });
}

/** Without the revision that was looked at, which the gateway may have added. */
function inputOf({ input: { expectedRevision: _revision, ...rest } }: Schedule['run']): object {
  return rest;
}
