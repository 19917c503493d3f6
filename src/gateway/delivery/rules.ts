/**
 * What may happen to an event at a destination, by the switches in force and by consent. Pure but for the
 * gate, which looks up people.
 *
 * Effective mode: park > drop > divert > sample > flow; under a park nothing else is decided. A park as wide as the
 * lane (everything, the destination) stops its cursor and costs nothing. A narrower one (source,
 * event name) *holds* single events while the cursor passes them. An *opening* says what becomes of the
 * backlog up to a seq: drained, held on, or dropped.
 *
 * Of several diverts the narrowest wins (event name, source, destination, everything). Of several samples each drops its
 * share. A divert whose target is gone is a park: nothing is lost for want of it.
 */
import type { SwitchMode, SwitchScope } from '#contract/documents/switch.ts';
import { type Switch, scopeId, scopeLabel } from '#contract/documents/switch.ts';
import type { GatewayEvent } from '#gateway/pipeline/event.ts';
import { divertsLane } from './diversions.ts';
import { createSampler } from './sampling.ts';

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

/** What is to become of an event. What a sample leaves out drops. */
export type Fate = 'flow' | 'hold' | 'drop' | 'divert' | 'suppress';
/** A fate that ends an obligation, or puts it aside, without a send. */
export type RuledFate = Exclude<Fate, 'flow'>;

/** True: consent or suppression forbids to send the event. Asked at every send: the answer may change at any time. */
export type Gate = (event: GatewayEvent) => boolean;

export interface LaneRules {
  /** Set while the whole lane is parked: nothing is read, nothing is sent. */
  readonly parked: Stop | null;
  /** Set while a switch as wide as the lane drops. */
  readonly dropping: Stop | null;
  /** Set while a switch as wide as the lane gives its events to another destination. */
  readonly diverting: Stop | null;
  /** Set while a switch as wide as the lane sends a share only. */
  readonly sampling: Stop | null;
  /** True where a switch as wide as the lane ends events without a send: the lane reads on though it cannot send. */
  readonly endsUnsent: boolean;
  /** True where such a switch includes the backlog: what is to be tried again later is ended now. */
  readonly endsBacklog: boolean;
  readonly desired: SwitchMode;
  /** Events a second allowed for the backlog through `seq`; null is unpaced. */
  readonly pace: { readonly throughSeq: number; readonly perSecond: number } | null;
  /** True where every event simply flows, so that `fateOf` need not be asked. */
  readonly isPlain: boolean;
  /** True where a fate may change without the rules changing: it must be asked again as the first byte leaves. */
  readonly isGated: boolean;
  fateOf(subject: Subject): Fate;
  /** Who gets an event whose fate is to be diverted; null for any other. */
  targetOf(subject: Subject): string | null;
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

/** A switch as one lane asks it. */
interface Ruling {
  readonly value: Switch;
  /** sample: whether it keeps an event. */
  readonly keeps: ((messageId: string) => boolean) | null;
}

const narrowness = { event: 0, source: 1, destination: 2, everything: 3 } as const;

/** What all switches that cover an event say together. Runs for every event of a lane with switches: allocates nothing. */
function fateUnder(rulings: readonly Ruling[], destination: string, subject: Subject): Exclude<Fate, 'suppress'> {
  let isDropped = false;
  let isDiverted = false;
  let isLeftOut = false;
  const { seq, source, event } = subject;
  for (const { value, keeps } of rulings) {
    if (!scopeCovers(value.scope, destination, source, event.name)) continue;
    if (value.mode === 'park') return 'hold';
    if (value.mode === 'flow') {
      const own = openingFate(value, subject);
      if (own === 'hold') return 'hold';
      if (own === 'drop') isDropped = true;
    } else if (seq <= value.fromSeq) continue;
    else if (value.mode === 'drop') isDropped = true;
    else if (value.mode === 'divert') isDiverted = true;
    else if (keeps && !keeps(event.messageId)) isLeftOut = true;
  }
  if (isDropped) return 'drop';
  if (isDiverted) return 'divert';
  return isLeftOut ? 'drop' : 'flow';
}

/** A switch as it is for one lane: a divert is none for its own target, and a park while its target is gone. */
function forLane(entry: SwitchInForce, destination: string, canTake: (destination: string) => boolean): readonly SwitchInForce[] {
  const { value } = entry;
  if (value.mode !== 'divert' || !touchesLaneAtAll(value.scope, destination)) return [entry];
  if (!divertsLane(value, destination)) return [];
  if (value.to !== undefined && canTake(value.to)) return [entry];
  const reason = `diverted to ${value.to}, which does not exist${entry.reason ? `; ${entry.reason}` : ''}`;
  return [{ ...entry, reason, value: { ...value, mode: 'park' } }];
}

function touchesLaneAtAll(scope: SwitchScope, destination: string): boolean {
  return isNarrow(scope) || touchesLane(scope, destination);
}

function describe(entry: SwitchInForce, verb: string): Stop {
  const reason = entry.reason ? `: ${entry.reason}` : '';
  return { why: `${verb} by ${entry.by} (${scopeLabel(entry.value.scope)})${reason}`, since: entry.at };
}

const percent = (share: number) => `${Number((share * 100).toPrecision(3))} %`;

/**
 * Draws the rules of one lane from all switches and from the scopes held by file or start flag.
 * @param canTake whether a destination is there to divert to
 */
export function compileRules(
  destination: string,
  inForce: readonly SwitchInForce[],
  holds: readonly { readonly scope: SwitchScope; readonly stop: Stop }[],
  gate: Gate | null = null,
  canTake: (destination: string) => boolean = () => true,
): LaneRules {
  const switches = inForce.flatMap((entry) => forLane(entry, destination, canTake));
  const wide = switches.filter((entry) => touchesLane(entry.value.scope, destination));
  const narrow = switches.filter((entry) => isNarrow(entry.value.scope));
  const widest = (mode: SwitchMode) => wide.find((entry) => entry.value.mode === mode);
  const [park, drop, divert, sample] = [widest('park'), widest('drop'), widest('divert'), widest('sample')];
  const hold = holds.find((entry) => touchesLane(entry.scope, destination));
  const narrowHolds = holds.filter((entry) => isNarrow(entry.scope));
  const rulings = [...wide, ...narrow]
    .filter(({ value }) => value.mode !== 'flow' || value.opening !== null)
    .sort((a, b) => narrowness[a.value.scope.type] - narrowness[b.value.scope.type])
    .map(({ value }): Ruling => ({ value, keeps: value.mode === 'sample' ? createSampler(scopeId(value.scope), value.share ?? 1) : null }));

  function fateOf(subject: Subject): Fate {
    for (const { scope } of narrowHolds) if (scopeCovers(scope, destination, subject.source, subject.event.name)) return 'hold';
    const fate = fateUnder(rulings, destination, subject);
    // Under a park nothing else is decided; what is dropped or diverted is not sent here either.
    return fate === 'flow' && gate?.(subject.event) ? 'suppress' : fate;
  }
  function targetOf(subject: Subject): string | null {
    if (fateOf(subject) !== 'divert') return null;
    const own = rulings.find(
      ({ value }) =>
        value.mode === 'divert' && subject.seq > value.fromSeq && scopeCovers(value.scope, destination, subject.source, subject.event.name),
    );
    return own?.value.to ?? null;
  }

  const paced = wide.map((entry) => entry.value.opening).find((opening) => opening?.pacePerSecond);
  return {
    parked: park ? describe(park, 'parked') : (hold?.stop ?? null),
    dropping: drop ? describe(drop, 'dropped') : null,
    diverting: divert ? describe(divert, `diverted to ${divert.value.to}`) : null,
    sampling: sample ? describe(sample, `${percent(sample.value.share ?? 1)} sent, the rest dropped,`) : null,
    endsUnsent: drop !== undefined || divert !== undefined,
    endsBacklog: [drop, divert].some((entry) => entry?.value.fromSeq === 0),
    desired: park || hold ? 'park' : ((drop ?? divert ?? sample)?.value.mode ?? 'flow'),
    pace: paced?.pacePerSecond ? { throughSeq: paced.throughSeq, perSecond: paced.pacePerSecond } : null,
    isPlain: rulings.length === 0 && narrowHolds.length === 0 && gate === null,
    isGated: gate !== null,
    fateOf,
    targetOf,
  };
}

/** A lane before the documents are known: parked. */
export function rulesBeforeDocuments(at: number): LaneRules {
  return {
    parked: { why: 'parked until the switches are loaded', since: at },
    dropping: null,
    diverting: null,
    sampling: null,
    endsUnsent: false,
    endsBacklog: false,
    desired: 'park',
    pace: null,
    isPlain: false,
    isGated: false,
    fateOf: () => 'hold',
    targetOf: () => null,
  };
}
