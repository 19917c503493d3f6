import { randomBytes } from 'node:crypto';
import type { Document } from '#contract/documents/document.ts';
import type { Replay, ReplaySelection } from '#contract/documents/replay.ts';
import { appError } from '#contract/errors.ts';
import type { Operation, OutputOf, ParsedInputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { replayCancel, replayPause, replayResume, replayStart } from '#contract/operations/replay.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { CallContext } from '#contract/service.ts';
import type { HandlersOf } from '#gateway/control/commands/context.ts';
import { findLiving } from '#gateway/control/commands/living.ts';
import { type CommonInput, type Plan, revisionOf, runCommand } from '#gateway/control/commands/run-command.ts';
import type { Change } from '#gateway/control/document-store.ts';
import type { Lane } from '#gateway/delivery/lane.ts';
import { hasPattern } from '#gateway/pipeline/find-patterns.ts';
import { checkGuardrails } from './guarding.ts';
import { isRepeated, laneOf, type ReplayHandlerDeps } from './handling.ts';
import { previewReplay } from './preview.ts';
import { seqBefore } from './seq-at.ts';

type StartInput = ParsedInputOf<Operations['replay.start']>;
type StartOutput = OutputOf<Operations['replay.start']>;
type ReplayHandlers = HandlersOf<'replay.start' | 'replay.pause' | 'replay.resume' | 'replay.cancel' | 'replay.list'>;

/** Replays of one destination that may run or be paused at a time. */
const mostActive = 8;
/** Ended replays whose documents are kept as living ones; their revisions stay in the history for ever. */
const mostEnded = 200;

const isActive = (replay: Replay | null) => replay?.state === 'running' || replay?.state === 'paused';

export function replayHandlers(deps: ReplayHandlerDeps): ReplayHandlers {
  const { store, replays, now } = deps;
  return {
    'replay.start': (input, context) => start(deps, input, context),
    'replay.pause': (input, context) => steer(deps, replayPause, input, context, (value) => ({ ...value, state: 'paused' })),
    'replay.resume': (input, context) =>
      steer(deps, replayResume, input, context, (value) => ({
        ...value,
        state: 'running',
        detail: '',
        pacePerSecond: input.pacePerSecond ?? value.pacePerSecond,
      })),
    'replay.cancel': (input, context) =>
      steer(deps, replayCancel, input, context, (value) => ({
        ...value,
        state: 'cancelled',
        endedAt: Math.floor(now()),
        counts: replays.counts(input.id, value),
      })),
    'replay.list'({ destination }) {
      const documents = store.list('replay').filter(({ value }) => destination === undefined || value?.destination === destination);
      const listed = documents.flatMap((document) => (document.value ? [shown(deps, document, document.value)] : []));
      return ok({ replays: listed.sort((a, b) => b.startedAt - a.startedAt) });
    },
  };
}

function shown(
  { store, replays }: ReplayHandlerDeps,
  { id }: Document<'replay'>,
  value: Replay,
): OutputOf<Operations['replay.list']>['replays'][number] {
  // Who started it; later revisions are by whoever paused it, or the system.
  const [first] = store.history('replay', id, Number.MAX_SAFE_INTEGER).slice(-1);
  const { startedAt, endedAt } = value;
  return { by: first?.by ?? '', reason: first?.reason ?? '', startedAt, endedAt, reading: replays.reading(id, value) };
}

async function start(deps: ReplayHandlerDeps, input: StartInput, context: CallContext): Promise<Result<StartOutput>> {
  const { store, log } = deps;
  const lane = laneOf(deps, input.destination);
  if (!lane.ok) return lane;
  const selection = await resolve(deps, lane.value, input.selection);
  if (!selection.ok) return selection;
  const preview = await previewReplay(
    { ...deps, destination: input.destination, lane: lane.value, wants: (record) => deps.wants(input.destination, record) },
    selection.value,
    input.pacePerSecond,
  );
  const wasDone = isRepeated(deps, context);
  const id = `r-${randomBytes(6).toString('hex')}`;
  const { destination, pacePerSecond } = input;
  const value: Replay = {
    destination,
    selection: reached(selection.value, lane.value),
    pacePerSecond,
    state: 'running',
    startedAt: log.now(),
    endedAt: null,
    selected: preview.selected,
    counts: null,
    detail: '',
    ...(input.guardrails === undefined ? {} : { guardrails: input.guardrails }),
  };
  return runCommand(store, input, context, {
    operation: replayStart,
    target: `destination/${destination}/replay`,
    ...(preview.messagesPeople ? { confirm: { expected: destination, typed: input.confirm } } : {}),
    plan: () => (wasDone ? ok({ changes: [] }) : planStart(deps, input, id, value)),
    answer: (documents) => ({ id: input.dryRun ? null : (documents[0]?.id ?? id), ...revisionOf(documents), preview }),
  });
}

/** What a range holds above the lane's cursor waits, and is sent without a replay. */
function reached(selection: ReplaySelection, { window }: Lane): ReplaySelection {
  return selection.type === 'range' ? { ...selection, throughSeq: Math.min(selection.throughSeq, window.cursor) } : selection;
}

function planStart({ store }: ReplayHandlerDeps, input: StartInput, id: string, value: Replay): Result<Plan> {
  const checked = checkGuardrails(store, input.guardrails ?? []);
  if (!checked.ok) return checked;
  const all = store.list('replay');
  const active = all.filter((document) => document.value?.destination === value.destination && isActive(document.value));
  if (active.length >= mostActive) return err(appError('REPLAY_TOO_MANY', { destination: value.destination, active: active.length }));
  if (!input.dryRun && (input.reason ?? '') === '') return err(appError('REASON_REQUIRED', { target: value.destination }));
  if (!input.dryRun && value.selected === 0) return err(appError('REPLAY_EMPTY', { destination: value.destination }));
  const ended = all.filter((document) => !isActive(document.value)).sort((a, b) => (a.value?.startedAt ?? 0) - (b.value?.startedAt ?? 0));
  const old = ended
    .slice(0, Math.max(0, ended.length - mostEnded))
    .map((document): Change => ({ kind: 'replay', id: document.id, value: null }));
  return ok({ changes: [{ kind: 'replay', id, value }, ...old] });
}

/** What is asked for, in seqs. EVENT_NOT_FOUND, INPUT_INVALID. */
async function resolve({ log }: ReplayHandlerDeps, lane: Lane, wanted: StartInput['selection']): Promise<Result<ReplaySelection>> {
  switch (wanted.type) {
    case 'events':
      return ok(wanted);
    case 'deadLetters': {
      const text = wanted.filter.text ?? '';
      if (!hasPattern('email', text) && !hasPattern('card', text)) return ok(wanted);
      // The selection is kept in a document, and documents are kept for ever.
      return err(appError('INPUT_INVALID', { issues: [{ path: 'selection.filter.text', message: 'must not hold personal data' }] }));
    }
    case 'messages':
      return resolveMessages(log, wanted.messageIds);
    case 'range': {
      const { fromMs, toMs, source, event, includeFiltered } = wanted;
      const before = (atMs: number) => seqBefore(log, lane.spec.id, atMs);
      const fromSeq = Math.max(wanted.fromSeq ?? 1, fromMs === undefined ? 1 : (await before(fromMs)) + 1);
      const throughSeq = Math.min(wanted.throughSeq ?? log.head(), toMs === undefined ? log.head() : await before(toMs));
      return ok({
        type: 'range',
        fromSeq,
        throughSeq,
        includeFiltered,
        ...(source === undefined ? {} : { source }),
        ...(event === undefined ? {} : { event }),
      });
    }
  }
}

async function resolveMessages(log: ReplayHandlerDeps['log'], messageIds: readonly string[]): Promise<Result<ReplaySelection>> {
  const seqs: number[] = [];
  for (const messageId of new Set(messageIds)) {
    const found = await log.find(messageId);
    if (found.length === 0) return err(appError('EVENT_NOT_FOUND', { messageId }));
    seqs.push(...found.map(({ record }) => record.seq));
  }
  return ok({ type: 'events', seqs: seqs.slice(0, 1000) });
}

/** Writes another state of a replay. When this answers, nothing is given any more that it forbids. */
async function steer(
  { store, replays }: ReplayHandlerDeps,
  operation: Operation,
  input: CommonInput & { readonly id: string },
  context: CallContext,
  change: (value: Replay) => Replay,
): Promise<Result<{ revision: number }>> {
  const steered = runCommand(store, input, context, {
    operation,
    target: `replay/${input.id}`,
    plan() {
      const found = findLiving(store, 'replay', input.id);
      if (!found.ok) return found;
      const { value } = found.value;
      if (!isActive(value)) return err(appError('REPLAY_ENDED', { id: input.id, state: value.state }));
      return ok({ changes: [{ kind: 'replay', id: input.id, value: change(value) }] });
    },
    answer: revisionOf,
  });
  if (steered.ok && !input.dryRun) await replays.idle();
  return steered;
}
