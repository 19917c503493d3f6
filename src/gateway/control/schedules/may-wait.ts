/** Which commands may be left to a time, and which of them be put back after it. */
import { documentKindSchema } from '#contract/documents/document.ts';
import { notReverted } from '#contract/documents/revertible.ts';
import type { Schedule } from '#contract/documents/schedule.ts';
import { scopeLabel, switchScopeSchema } from '#contract/documents/switch.ts';
import { type AppError, appError } from '#contract/errors.ts';
import type { Operation } from '#contract/operation.ts';

type Run = Schedule['run'];

/** Their input holds somebody's data or an event's content, and a document must not. */
const namesPeople = /^(consent\.set|suppression\.|erasure\.|person\.|deadLetter\.|quarantine\.)/;
/** What sets a value, so that an earlier one can take its place again. */
const setsValue = /^(document\.revert|[\w-]+\.(put|set|claim))$/;

/** Why a command cannot be scheduled; null where it can. */
export function refusal(operation: Operation, run: Run, undoAt: number | null, reason: string): AppError | null {
  const refuse = (why: string, use?: string) => appError('SCHEDULE_REFUSED', { operation: operation.name, why, ...(use ? { use } : {}) });
  if (operation.kind !== 'command') return refuse('it changes nothing');
  if (operation.audience === 'desk') return refuse('it carries a secret, which is never kept');
  if (namesPeople.test(operation.name)) return refuse('its input tells of a person or of an event, and a schedule is kept for good');
  if (operation.name.startsWith('schedule.')) return refuse('a schedule does not schedule');
  const lacking = confirmation(operation, run, reason);
  if (lacking !== null) return lacking;
  return undoAt === null ? null : undoRefusal(operation, run, refuse);
}

function undoRefusal(operation: Operation, { input }: Run, refuse: (why: string, use?: string) => AppError): AppError | null {
  if (operation.name === 'switch.set') return refuse('a switch has its own timer', 'forMs of switch.set');
  const noun = operation.name === 'document.revert' ? input.kind : operation.name.split('.')[0];
  const kind = documentKindSchema.safeParse(noun);
  if (!kind.success || !setsValue.test(operation.name)) return refuse('what it does cannot be put back by writing an earlier value');
  const other = notReverted[kind.data];
  return other === undefined ? null : refuse(other.why, other.use);
}

/** What a dry run does not ask for, but the run will: nobody is there then to give it. */
function confirmation({ name, danger, input: schema }: Operation, { input }: Run, reason: string): AppError | null {
  const needsReason = danger === 'critical' || (name === 'switch.set' && input.mode !== 'park');
  if (needsReason && reason === '') return appError('REASON_REQUIRED');
  const target = name === 'switch.set' ? switchTarget(input) : danger === 'critical' && 'confirm' in shapeOf(schema) ? input.id : null;
  return typeof target === 'string' && input.confirm !== target ? appError('CONFIRMATION_REQUIRED', { type: target }) : null;
}

/** What must be typed where a switch loses events. Whether it reaches people is asked again when it runs. */
function switchTarget({ scope, mode, backlog }: Run['input']): string | null {
  const parsed = switchScopeSchema.safeParse(scope);
  const discards = typeof backlog === 'object' && backlog !== null && 'choice' in backlog && backlog.choice === 'discard';
  return parsed.success && (mode === 'drop' || mode === 'sample' || discards) ? scopeLabel(parsed.data) : null;
}

function shapeOf(schema: Operation['input']): object {
  return 'shape' in schema && typeof schema.shape === 'object' && schema.shape !== null ? schema.shape : {};
}
