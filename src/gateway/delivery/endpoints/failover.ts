/**
 * What lanes with several endpoints need of the world around them: where they were, where they may go, and that it is
 * written down. A lane moves to another dedupe domain by being closed and opened there:
 *
 *   close    what flies ends; all it came to is settled
 *   open     the log's new epoch makes those settles durable, and names the domain of rows that have none
 *   record   the document says where the lane is, before the first event goes there
 *
 * Killed at any point, whatever is unsettled may have been in the domain that the document names, and in no other.
 */
import type { ConsentPolicy } from '#contract/documents/consent.ts';
import type { Failover } from '#contract/documents/endpoints.ts';
import type { EventLog, LaneOpened } from '#gateway/log/event-log.ts';
import type { Uncertain } from '#gateway/log/uncertain.ts';
import { maxWindow } from '../intake.ts';
import type { Lane } from '../lane.ts';
import type { LaneSpec } from '../lane-spec.ts';
import type { Gate } from '../rules.ts';
import { type Choice, firstChoice } from './choose-endpoint.ts';
import type { EndpointStart } from './lane-endpoints.ts';

export interface FailoverDeps {
  /** What was recorded last of a destination, and when; null where nothing was. */
  last(destination: string): { readonly value: Failover; readonly at: number } | null;
  /** Writes a choice down, durably. False where it cannot be written. */
  record(destination: string, choice: Choice): boolean;
  consentGate(policy: ConsentPolicy): Gate | null;
}

/** What is handed to a lane as it opens. */
export interface FailoverParts {
  readonly start: EndpointStart;
  consentGate(policy: ConsentPolicy): Gate | null;
  endpointChanged(choice: Choice): void;
  moveTo(choice: Choice): void;
}

/** used: in force. unsettled: events that may have been in flight when the process died must be put aside first. refused: it could not be written down. */
export type Used = 'used' | 'unsettled' | 'refused';

export interface LaneFailover {
  /** To be given to the log as a lane opens: the domain of its rows, as far as they have none. */
  unknownOf(destination: string): Uncertain | null;
  partsOf(spec: LaneSpec, opened: LaneOpened): FailoverParts;
  /** A person chose. `record` writes that down and is called once nothing is under way elsewhere. */
  use(lane: Lane, choice: Choice, record: () => boolean): Promise<Used>;
  forget(destination: string): void;
}

interface Move {
  readonly choice: Choice;
  record(): boolean;
  done(isRecorded: boolean): void;
}

/** A move that could not be recorded is not tried again before this, ms. */
const tryAgainMs = 5000;

const inMemory: FailoverDeps = { last: () => null, record: () => true, consentGate: () => null };

/** @param reopen closes a lane and opens it again, in its turn */
export function createLaneFailover(
  log: Pick<EventLog, 'head'>,
  now: () => number,
  reopen: (destination: string) => Promise<void>,
  deps: FailoverDeps = inMemory,
): LaneFailover {
  const choices = new Map<string, Choice>();
  const unknowns = new Map<string, Uncertain | null>();
  const moves = new Map<string, Move>();
  const notBefore = new Map<string, number>();

  function recorded({ id, routes }: LaneSpec): Choice {
    const last = deps.last(id);
    const first = firstChoice(routes, now());
    if (last === null) return first;
    const { active, dedupeDomain: domain, pinned } = last.value;
    return { ...first, active, domain, pinned, since: last.at };
  }

  /** Once in a process: what the former one left unsettled may be in the domain that it was in. */
  function learnUnknown(spec: LaneSpec, { cursor }: LaneOpened): void {
    if (unknowns.has(spec.id)) return;
    const throughSeq = Math.min(cursor + maxWindow, log.head());
    unknowns.set(spec.id, { throughSeq, domain: recorded(spec).domain });
  }

  function settleMove(id: string, move: Move): void {
    const isRecorded = move.record();
    if (isRecorded) {
      choices.set(id, move.choice);
      // Put aside, or named as the log opened: nothing is unknown any more.
      unknowns.set(id, null);
    } else notBefore.set(id, now() + tryAgainMs);
    move.done(isRecorded);
  }

  /** Where the lane was, if that endpoint is still what it was; else the first one, and that is recorded. */
  function choiceOf(spec: LaneSpec): Choice {
    const former = choices.get(spec.id) ?? recorded(spec);
    const isThere = spec.routes.some(({ id, dedupeDomain }) => id === former.active && dedupeDomain === former.domain);
    const choice = isThere ? former : { ...firstChoice(spec.routes, now()), why: `${former.active} is not what it was` };
    if (!isThere && deps.last(spec.id) !== null) deps.record(spec.id, choice);
    choices.set(spec.id, choice);
    return choice;
  }

  function begin(id: string, move: Move): void {
    moves.set(id, move);
    reopen(id).catch(() => undefined);
  }

  return {
    unknownOf: (id) => (moves.has(id) ? (unknowns.get(id) ?? null) : null),
    partsOf(spec, opened) {
      const { id } = spec;
      learnUnknown(spec, opened);
      const move = moves.get(id);
      moves.delete(id);
      if (move !== undefined) settleMove(id, move);
      return {
        start: { choice: choiceOf(spec), unknown: unknowns.get(id) ?? null, notBefore: notBefore.get(id) ?? 0 },
        consentGate: deps.consentGate,
        endpointChanged(choice) {
          choices.set(id, choice);
          // Within one domain it is a mark on a chart: where it cannot be written, events go on all the same.
          deps.record(id, choice);
        },
        moveTo: (choice) => begin(id, { choice, record: () => deps.record(id, choice), done: () => undefined }),
      };
    },
    async use(lane, choice, record) {
      const { id } = lane.spec;
      const { endpoints } = lane;
      if (endpoints.choice === null) return 'refused';
      if (choice.domain !== endpoints.choice.domain) {
        if (!endpoints.mayLeave()) return 'unsettled';
        return new Promise((resolve) => begin(id, { choice, record, done: (isRecorded) => resolve(isRecorded ? 'used' : 'refused') }));
      }
      if (!record()) return 'refused';
      choices.set(id, choice);
      endpoints.use(choice);
      lane.endpointUsed();
      return 'used';
    },
    forget(id) {
      for (const known of [choices, unknowns, moves, notBefore]) known.delete(id);
    },
  };
}
