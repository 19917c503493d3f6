import { appError } from '#contract/errors.ts';
import type { OutputOf, ParsedInputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { deadLetterDiscard, deadLetterEdit, type Edit, type Rehearsal } from '#contract/operations/replay.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { CallContext } from '#contract/service.ts';
import type { HandlersOf } from '#gateway/control/commands/context.ts';
import { runCommand } from '#gateway/control/commands/run-command.ts';
import type { Lane } from '#gateway/delivery/lane.ts';
import type { LogRecord } from '#gateway/log/event-log.ts';
import { fixedFilter } from './candidates.ts';
import { type Editable, editEvent } from './edit-event.ts';
import { isRepeated, laneOf, onLane, type ReplayHandlerDeps } from './handling.ts';
import { findLetter, inspectLetter, searchLetters } from './letters.ts';
import { rehearse } from './rehearse.ts';

export function letterQueries(deps: ReplayHandlerDeps): HandlersOf<'deadLetter.search' | 'deadLetter.inspect' | 'deadLetter.dryRun'> {
  const { log, ordinals } = deps;
  return {
    async 'deadLetter.search'(input) {
      if (!ordinals.has(input.destination)) return err(appError('DOCUMENT_NOT_FOUND', { kind: 'destination', id: input.destination }));
      const { total } = await log.deadLetters(input.destination, 0, 1);
      return ok(await searchLetters(log, input, total));
    },
    async 'deadLetter.inspect'({ destination, seq }) {
      const lane = laneOf(deps, destination);
      return lane.ok ? inspectLetter(log, lane.value, seq) : lane;
    },
    async 'deadLetter.dryRun'({ destination, seq, edit }) {
      const tried = await tryOut(deps, destination, seq, edit);
      return tried.ok ? ok(tried.value.rehearsal) : tried;
    },
  };
}

interface Tried {
  readonly lane: Lane;
  readonly record: LogRecord;
  readonly edited: Editable;
  readonly rehearsal: Rehearsal;
}

/** A dead letter, changed where that is asked for, and what would become of it. */
async function tryOut(deps: ReplayHandlerDeps, destination: string, seq: number, edit: Edit | undefined): Promise<Result<Tried>> {
  const lane = laneOf(deps, destination);
  if (!lane.ok) return lane;
  const found = await findLetter(deps.log, destination, seq);
  if (!found.ok) return found;
  const { record } = found.value;
  if (record === undefined) return err(appError('DEAD_LETTER_BODY_GONE', { destination, seq }));
  const edited = edit === undefined ? ok(record.event) : editEvent(record.event, edit);
  if (!edited.ok) return edited;
  const { properties, traits, context } = edited.value;
  const { source, messageId, receivedAt, route, bytes, gen } = record;
  const event = { ...record.event, properties, traits, context };
  const changed = edit === undefined ? record : { seq, gen, source, messageId, receivedAt, route, bytes, event };
  const rehearsal = rehearse({ lane: lane.value, planOf: deps.planOf, now: deps.now }, changed, edit !== undefined);
  return ok({ lane: lane.value, record, edited: edited.value, rehearsal });
}

export function letterCommands(deps: ReplayHandlerDeps): HandlersOf<'deadLetter.edit' | 'deadLetter.discard'> {
  return {
    'deadLetter.edit': (input, context) => edit(deps, input, context),
    'deadLetter.discard': (input, context) => discard(deps, input, context),
  };
}

type EditInput = ParsedInputOf<Operations['deadLetter.edit']>;
type EditOutput = OutputOf<Operations['deadLetter.edit']>;

async function edit(deps: ReplayHandlerDeps, input: EditInput, context: CallContext): Promise<Result<EditOutput>> {
  const { store, edits } = deps;
  const { destination, seq, reason = '' } = input;
  const target = `destination/${destination}/letter/${seq}`;
  const wasDone = !input.dryRun && isRepeated(deps, context);
  const tried = wasDone ? null : await tryOut(deps, destination, seq, input.edit);
  if (tried && (!tried.ok || input.dryRun)) return tried.ok ? ok({ messageId: null, rehearsal: tried.value.rehearsal }) : tried;
  const allowed = runCommand(store, input, context, {
    operation: deadLetterEdit,
    target,
    plan: () => (reason === '' ? err(appError('REASON_REQUIRED', { target })) : ok({ changes: [] })),
    answer: () => null,
  });
  if (!allowed.ok) return allowed;
  if (!tried?.ok) return answerAgain(deps, destination, seq);
  const { lane, record, edited, rehearsal } = tried.value;
  const replaced = await onLane(lane, () => edits.replace(lane, record, edited, reason));
  const outcome = replaced.ok ? 'done' : replaced.error.code;
  store.note({ by: context.by, action: 'deadLetter.edited', target, reason: replaced.ok ? replaced.value : '', commandId: null }, outcome);
  return replaced.ok ? ok({ messageId: replaced.value, rehearsal }) : replaced;
}

/** The command was carried out before: what came of it then. */
async function answerAgain({ log }: ReplayHandlerDeps, destination: string, seq: number): Promise<Result<EditOutput>> {
  const { child } = await log.replaying.life(destination, seq);
  const rehearsal: Rehearsal = { verdict: 'sent', detail: '', request: null, plan: null, removed: [], tooOld: false, dedupeKey: null };
  return child === null ? err(appError('DEAD_LETTER_NOT_FOUND', { destination, seq })) : ok({ messageId: child, rehearsal });
}

type DiscardInput = ParsedInputOf<Operations['deadLetter.discard']>;
type DiscardOutput = OutputOf<Operations['deadLetter.discard']>;

const discardedAtOnce = 1000;

async function discard(deps: ReplayHandlerDeps, input: DiscardInput, context: CallContext): Promise<Result<DiscardOutput>> {
  const { store } = deps;
  const lane = laneOf(deps, input.destination);
  if (!lane.ok) return lane;
  const target = `destination/${input.destination}/letters`;
  const wasDone = !input.dryRun && isRepeated(deps, context);
  const allowed = runCommand(store, input, context, {
    operation: deadLetterDiscard,
    target,
    confirm: { expected: input.destination, typed: input.confirm },
    plan: () => ok({ changes: [] }),
    answer: () => null,
  });
  if (!allowed.ok) return allowed;
  const counted = await count(deps, input);
  // The first one did it; what it did is in the audit.
  if (input.dryRun || wasDone) return ok(wasDone ? { discarded: 0, classes: [] } : counted);
  const before = deps.now();
  const discarded = await onLane(lane.value, () => discardAll(deps, lane.value, input, before));
  const reason = discarded.ok ? `${discarded.value} discarded` : '';
  const outcome = discarded.ok ? 'done' : discarded.error.code;
  store.note({ by: context.by, action: 'deadLetter.discarded', target, reason, commandId: null }, outcome);
  return discarded.ok ? ok({ discarded: discarded.value, classes: counted.classes }) : discarded;
}

async function count({ log, now }: ReplayHandlerDeps, { destination, which }: DiscardInput): Promise<DiscardOutput> {
  const classes = new Map<string, number>();
  if ('filter' in which) {
    const counted = await log.replaying.countDead(destination, fixedFilter(which.filter, now()));
    for (const [why, events] of counted.classes) classes.set(why, events);
  } else {
    const { rows } = await log.obligations(destination, which.seqs);
    for (const row of rows) if (row.state === 'dead') classes.set(row.class, (classes.get(row.class) ?? 0) + 1);
  }
  const discarded = [...classes.values()].reduce((sum, events) => sum + events, 0);
  return { discarded, classes: [...classes].map(([why, events]) => ({ class: why, events })) };
}

/** Page by page: what dies meanwhile is not meant. */
async function discardAll(
  deps: ReplayHandlerDeps,
  lane: Lane,
  { destination, which }: DiscardInput,
  before: number,
): Promise<Result<number>> {
  const { log } = deps;
  async function end(seqs: readonly number[]): Promise<number> {
    const ended = await log.replaying.discardDead(destination, lane.epoch, seqs);
    lane.rowsChanged({ retrying: 0, dead: -ended });
    return ended;
  }
  if ('seqs' in which) return ok(await end(which.seqs));
  let discarded = 0;
  for (let from = 0; ; ) {
    const filter = fixedFilter(which.filter, before);
    const found = await log.replaying.searchDead({ destination, filter, order: 'oldest', from, limit: discardedAtOnce });
    if (found.rows.length > 0) discarded += await end(found.rows.map(({ seq }) => seq));
    if (found.isOver) return ok(discarded);
    from = found.through;
  }
}
