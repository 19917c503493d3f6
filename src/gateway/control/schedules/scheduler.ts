/**
 * Runs scheduled commands when they are due, and puts back what expires. All it knows is in the documents, so it goes
 * on after a restart or a SIGKILL where it was: commandIds follow from the schedule, and what the audit knows already
 * is not done again.
 *
 * A command that is due while the gateway is down runs late, up to a quarter of an hour; later than that nobody expects
 * it any more, and it is said to be missed. What expires is put back however late it is.
 */
import { nextMoment, type Schedule } from '#contract/documents/schedule.ts';
import type { AppError } from '#contract/errors.ts';
import type { Result } from '#contract/result.ts';
import type { Performer } from '../commands/perform.ts';
import type { Attribution, DocumentStore } from '../document-store.ts';
import { sha256 } from '../store/canonical.ts';
import { planUndo, type Undoing } from './undo.ts';

export interface SchedulerDeps {
  readonly store: DocumentStore;
  readonly performer: Performer;
  /** Epoch ms; the durable clock. */
  readonly now: () => number;
  /** What failed or was left as it is, for the log. */
  readonly onTrouble: (id: string, detail: string) => void;
  readonly onBug: (error: unknown, id: string) => void;
}

export interface Scheduler {
  /** Begins to look at the clock. */
  start(): void;
  /** Resolves when what is due now has been done. */
  look(): Promise<void>;
  close(): void;
}

/** How late a command may run, ms. */
export const longestLateMs = 15 * 60_000;
/** Later than this is said, ms. */
const noticedLateMs = 10_000;
/** The clock is looked at at least so often, ms: it may jump, and a sleeping machine counts no time. */
const longestWaitMs = 20_000;
/** When something that may succeed later is tried again, ms. */
const retryMs = 5000;

interface Due {
  readonly id: string;
  readonly revision: number;
  readonly value: Schedule;
}

/** later: to be tried again. */
type Step = 'done' | 'later';

export function createScheduler(deps: SchedulerDeps): Scheduler {
  const { store, now } = deps;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let looking: Promise<void> | null = null;
  let hasNews = false;
  let isRunning = false;

  function due(): readonly Due[] {
    const at = now();
    return store
      .list('schedule')
      .flatMap(({ id, revision, value }) => (value === null ? [] : [{ id, revision, value, moment: nextMoment(value) ?? Infinity }]))
      .filter(({ moment }) => moment <= at)
      .sort((a, b) => a.moment - b.moment);
  }

  function arm(leastMs: number): void {
    if (timer !== null) clearTimeout(timer);
    const moments = store.list('schedule').flatMap(({ value }) => (value === null ? [] : [nextMoment(value) ?? Infinity]));
    const next = Math.min(...moments);
    timer = !isRunning || next === Infinity ? null : setTimeout(() => void look(), waitMs(next - now(), leastMs));
  }

  async function lookOnce(): Promise<void> {
    let isLater = false;
    do {
      hasNews = false;
      for (const each of due()) {
        const step = await stepOf(deps, each).catch((bug): Step => {
          deps.onBug(bug, each.id);
          return 'later';
        });
        isLater ||= step === 'later';
      }
    } while (hasNews && !isLater);
    arm(isLater ? retryMs : 0);
  }

  function look(): Promise<void> {
    hasNews = true;
    looking ??= lookOnce().finally(() => {
      looking = null;
    });
    return looking;
  }

  const unwatch = store.watch((documents) => {
    if (!documents.some(({ kind }) => kind === 'schedule')) return;
    hasNews = true;
    if (looking === null) arm(0);
  });
  return {
    start() {
      isRunning = true;
      arm(0);
    },
    look,
    close() {
      isRunning = false;
      unwatch();
      if (timer !== null) clearTimeout(timer);
    },
  };
}

function waitMs(untilDueMs: number, leastMs: number): number {
  return Math.max(leastMs, Math.min(longestWaitMs, untilDueMs));
}

/** The id of a command that a schedule runs: the same one after a restart. */
export function commandIdOf(id: string, part: string): string {
  return `schedule-${sha256(`${id} ${part}`).slice(0, 32)}`;
}

function stepOf(deps: SchedulerDeps, due: Due): Promise<Step> {
  return due.value.state === 'waiting' ? apply(deps, due) : putBack(deps, due);
}

async function apply(deps: SchedulerDeps, due: Due): Promise<Step> {
  const { store, performer, now } = deps;
  const { id, value } = due;
  const lateMs = now() - value.at;
  const commandId = commandIdOf(id, 'apply');
  let problem: AppError | null = null;
  if (store.outcome(commandId) === null) {
    if (lateMs > longestLateMs || (value.undoAt ?? Infinity) <= now()) return fail(deps, due, missed(value, now()));
    const { operation, input } = value.run;
    const answer = await performer.run(operation, { ...input, reason: reasonOf(value, id), dryRun: false }, { by: value.by, commandId });
    if (!answer.ok && answer.error.retryable) return 'later';
    if (!answer.ok) problem = answer.error;
  }
  const entry = store.outcome(commandId);
  if (problem !== null) return fail(deps, due, `It was refused: ${errorWords(problem)}`);
  if (entry !== null && entry.outcome !== 'applied' && entry.changes === undefined && isDenial(entry.outcome))
    return fail(deps, due, `It was refused: ${entry.outcome}`);
  const covered = (entry?.changes ?? []).map(({ kind, id: of, revision }) => {
    const before = revision > 1 ? store.revision(kind, of, revision - 1) : null;
    return { kind, id: of, before: before === null || before.value === null ? 0 : revision - 1, after: revision };
  });
  const at = Math.round(now());
  const detail = lateMs > noticedLateMs ? `It ran ${spanWords(lateMs)} late: the gateway did not run, or its clock jumped.` : '';
  return move(deps, due, { state: 'applied', covered, appliedAt: at, endedAt: value.undoAt === null ? at : null, detail });
}

/** Error codes are in capitals; what came of a command is not. */
function isDenial(outcome: string): boolean {
  return /^[A-Z]+(_[A-Z]+)+$/.test(outcome);
}

async function putBack(deps: SchedulerDeps, due: Due): Promise<Step> {
  const { performer, now } = deps;
  const { id, value } = due;
  const reason = `${reasonOf(value, id)}: it expired`;
  const plan = planUndo(deps.store, value, (index) => commandIdOf(id, `undo ${index}`));
  if (!plan.ok) return fail(deps, due, `It was not put back: ${plan.why}`);
  const run = (step: Undoing, dryRun: boolean): Promise<Result<unknown>> =>
    performer.run(step.operation, { ...step.input, reason, dryRun }, { by: value.by, commandId: dryRun ? null : step.commandId });
  for (const dryRun of [true, false])
    for (const step of plan.steps) {
      const answer = await run(step, dryRun);
      if (!answer.ok && answer.error.retryable) return 'later';
      if (!answer.ok) return fail(deps, due, `It was not put back: ${errorWords(answer.error)}`);
    }
  const lateMs = now() - (value.undoAt ?? now());
  const late = lateMs > noticedLateMs ? `It was put back ${spanWords(lateMs)} late: the gateway did not run, or its clock jumped.` : '';
  const detail = plan.steps.length === 0 && late === '' ? 'Somebody had put it back already.' : late;
  return move(deps, due, { state: 'undone', endedAt: Math.round(now()), detail });
}

function fail(deps: SchedulerDeps, due: Due, detail: string): Step {
  deps.onTrouble(due.id, detail);
  return move(deps, due, { state: 'failed', endedAt: Math.round(deps.now()), detail: detail.slice(0, 1000) });
}

/** Where somebody changed the schedule meanwhile, the next look sees what is to be done. */
function move({ store, now }: SchedulerDeps, { id, revision, value }: Due, change: Partial<Schedule>): Step {
  const next = { ...value, ...change };
  const attribution: Attribution = {
    by: 'timer',
    action: `schedule.${next.state}`,
    target: `schedule/${id}`,
    reason: next.detail.slice(0, 500),
    commandId: null,
    at: Math.round(now()),
  };
  return store.commit([{ kind: 'schedule', id, value: next, expectedRevision: revision }], attribution).ok ? 'done' : 'later';
}

function reasonOf({ reason }: Schedule, id: string): string {
  return `${reason.slice(0, 400)}${reason === '' ? '' : ' '}(scheduled: ${id})`;
}

function missed({ at, undoAt }: Schedule, now: number): string {
  const isOver = undoAt !== null && undoAt <= now;
  return `It was missed: it was due ${spanWords(now - at)} ago, while the gateway did not run, or its clock jumped. ${
    isOver ? 'Its time is over. ' : ''
  }Nothing was changed.`;
}

function errorWords({ message, details }: AppError): string {
  const rest = details === undefined ? '' : ` ${JSON.stringify(details)}`;
  return `${message}${rest}`;
}

function spanWords(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return `${Math.round(ms / 1000)} s`;
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
