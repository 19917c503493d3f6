/**
 * What may happen to an event at a destination, by the switches in force and by consent. Pure but for the
 * gate, which looks up people.
 *
 * Effective mode: park > drop > flow; under a park nothing else is decided. A park as wide as the
 * lane (everything, the destination) stops its cursor and costs nothing. A narrower one (source,
 * event name) *holds* single events while the cursor passes them. An *opening* says what becomes of the
 * backlog up to a seq: drained, held on, or dropped.
 */
import type { SwitchMode, SwitchScope } from '#contract/documents/switch.ts';
import { type Switch, scopeLabel } from '#contract/documents/switch.ts';
import type { GatewayEvent } from '#gateway/pipeline/event.ts';

/** A switch in force, with who set it. */
export interface SwitchInForce {
  readonly value: Switch;
  readonly by: string;
  readonly reason: string;
  /** Epoch ms. */
  readonly at: number;
}

export interface Stop {
  readonly why: string;
  readonly since: number;
}

/** The part of a record that rules look at. */
export interface Subject {
  readonly seq: number;
  readonly gen: number;
  readonly source: string;
  readonly receivedAt: number;
  readonly event: GatewayEvent;
}

export type Fate = 'flow' | 'hold' | 'drop' | 'suppress';
/** A fate that ends an obligation, or puts it aside, without a send. */
export type RuledFate = Exclude<Fate, 'flow'>;

/** True: consent or suppression forbids to send the event. Asked at every send: the answer may change at any time. */
export type Gate = (event: GatewayEvent) => boolean;

export interface LaneRules {
  /** Set while the whole lane is parked: nothing is read, nothing is sent. */
  readonly parked: Stop | null;
  /** Set while a switch as wide as the lane drops. */
  readonly dropping: Stop | null;
  readonly desired: SwitchMode;
  /** Events a second allowed for the backlog through `seq`; null is unpaced. */
  readonly pace: { readonly throughSeq: number; readonly perSecond: number } | null;
  /** True where every event simply flows, so that `fateOf` need not be asked. */
  readonly isPlain: boolean;
  /** True where a fate may change without the rules changing: it must be asked again as the first byte leaves. */
  readonly isGated: boolean;
  fateOf(subject: Subject): Fate;
}

function touchesLane(scope: SwitchScope, destination: string): boolean {
  return scope.type === 'everything' || (scope.type === 'destination' && scope.destination === destination);
}

function isNarrow(scope: SwitchScope): boolean {
  return scope.type === 'source' || scope.type === 'event';
}

/** Whether an event falls under a scope, given that the scope is relevant to the lane. */
export function scopeCovers(scope: SwitchScope, destination: string, source: string, eventName: string): boolean {
  switch (scope.type) {
    case 'everything':
      return true;
    case 'destination':
      return scope.destination === destination;
    case 'source':
      return scope.source === source;
    case 'event':
      return scope.event === eventName;
  }
}

function openingFate(value: Switch, subject: Subject): Fate {
  const opening = value.opening;
  if (!opening || subject.gen > 0 || subject.seq > opening.throughSeq) return 'flow';
  switch (opening.backlog.choice) {
    case 'drain':
      return 'flow';
    case 'newer':
      return subject.receivedAt >= opening.backlog.sinceMs ? 'flow' : 'hold';
    case 'fromNow':
      return 'hold';
    case 'discard':
      return 'drop';
  }
}

function describe(entry: SwitchInForce, verb: string): Stop {
  const reason = entry.reason ? `: ${entry.reason}` : '';
  return { why: `${verb} by ${entry.by} (${scopeLabel(entry.value.scope)})${reason}`, since: entry.at };
}

const everythingFlows: Fate = 'flow';

/** Draws the rules of one lane from all switches and from the scopes held by file or start flag. */
export function compileRules(
  destination: string,
  switches: readonly SwitchInForce[],
  holds: readonly { readonly scope: SwitchScope; readonly stop: Stop }[],
  gate: Gate | null = null,
): LaneRules {
  const wide = switches.filter((entry) => touchesLane(entry.value.scope, destination));
  const narrow = switches.filter((entry) => isNarrow(entry.value.scope));
  const park = wide.find((entry) => entry.value.mode === 'park');
  const hold = holds.find((entry) => touchesLane(entry.scope, destination));
  const drop = wide.find((entry) => entry.value.mode === 'drop');
  const narrowHolds = holds.filter((entry) => isNarrow(entry.scope));
  const relevant = [...wide, ...narrow].filter((entry) => entry.value.mode !== 'flow' || entry.value.opening !== null);

  function fateOf(subject: Subject): Fate {
    let fate: Fate = everythingFlows;
    const name = subject.event.name;
    for (const entry of narrowHolds) if (scopeCovers(entry.scope, destination, subject.source, name)) return 'hold';
    for (const { value } of relevant) {
      if (!scopeCovers(value.scope, destination, subject.source, name)) continue;
      if (value.mode === 'park') return 'hold';
      const own = value.mode === 'drop' ? (subject.seq > value.fromSeq ? 'drop' : 'flow') : openingFate(value, subject);
      if (own === 'hold') return 'hold';
      if (own === 'drop') fate = 'drop';
    }
    // Under a park nothing else is decided; what is dropped was not sent either.
    return fate === 'flow' && gate?.(subject.event) ? 'suppress' : fate;
  }

  const paced = wide.map((entry) => entry.value.opening).find((opening) => opening?.pacePerSecond);
  return {
    parked: park ? describe(park, 'parked') : (hold?.stop ?? null),
    dropping: drop ? describe(drop, 'dropped') : null,
    desired: park || hold ? 'park' : drop ? 'drop' : 'flow',
    pace: paced?.pacePerSecond ? { throughSeq: paced.throughSeq, perSecond: paced.pacePerSecond } : null,
    isPlain: relevant.length === 0 && narrowHolds.length === 0 && gate === null,
    isGated: gate !== null,
    fateOf,
  };
}

/** A lane before the documents are known: parked. */
export function rulesBeforeDocuments(at: number): LaneRules {
  return {
    parked: { why: 'parked until the switches are loaded', since: at },
    dropping: null,
    desired: 'park',
    pace: null,
    isPlain: false,
    isGated: false,
    fateOf: () => 'hold',
  };
}
