/** The delivering part of a node: gives each lane its rules, and wakes them. */

import type { Destination } from '#contract/documents/destination.ts';
import type { SwitchScope } from '#contract/documents/switch.ts';
import { type AppError, appError } from '#contract/errors.ts';
import type { Connector } from '#gateway/connectors/connector.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import type { Meter } from '#gateway/telemetry/meter.ts';
import { refusesIngest } from './expiry.ts';
import type { Lane } from './lane.ts';
import { createLaneBook } from './lane-book.ts';
import type { CredentialReading, LaneSpec } from './lane-spec.ts';
import { compileRules, type Gate, type Stop, type SwitchInForce } from './rules.ts';

export interface Hold {
  readonly scope: SwitchScope;
  readonly stop: Stop;
}

export interface DeliveryDeps {
  readonly log: EventLog;
  readonly meter: Meter;
  connector(id: string): Connector | null;
  /** Epoch ms with fractions. */
  now(): number;
  random(): number;
  credential(destination: string): CredentialReading;
  refuseCredential(destination: string, detail: string, revision: number): void;
  /** What consent and suppression say of events at a destination; null where every event may go. */
  gate?(destination: string): Gate | null;
  bug(error: unknown): void;
}

export interface Delivery {
  readonly lanes: ReadonlyMap<string, Lane>;
  /** Ordinal of each registered destination, for routing. */
  readonly ordinals: ReadonlyMap<string, number>;
  /** Brings the lanes in line with the documents. Calls are worked off one after the other. */
  apply(destinations: ReadonlyMap<string, Destination>): Promise<void>;
  /** In force when this returns. `only`: the destination that alone is affected. */
  setSwitches(switches: readonly SwitchInForce[], only?: string): void;
  setHolds(holds: readonly Hold[]): void;
  /** Asks for the gates again: a policy changed, or there are suppressed people now. In force when this returns. */
  gatesChanged(): void;
  credentialChanged(destination: string): void;
  /** Why ingest must wait: a destination that would rather have that than lose its oldest is full. Null otherwise. */
  refusal(): AppError | null;
  close(deadlineMs: number): Promise<void>;
}

const heartbeatMs = 25;
/** With more lanes than this, commits wake them at most every `crowdedWakeMs`. */
const crowd = 32;
const crowdedWakeMs = 4;

/** Wakes lanes: after commits, on a heartbeat, and once a second for what is due by time. */
function startWaking(deps: DeliveryDeps, lanes: ReadonlyMap<string, Lane>, everySecond: () => void): () => void {
  let isWaking = false;
  const wakeAll = () => {
    isWaking = false;
    for (const lane of lanes.values()) lane.pump();
  };
  const unwatch = deps.log.watch(() => {
    if (isWaking) return;
    isWaking = true;
    if (lanes.size <= crowd) setImmediate(wakeAll);
    else setTimeout(wakeAll, crowdedWakeMs);
  });
  const heartbeat = setInterval(() => {
    for (const lane of lanes.values()) lane.pump();
  }, heartbeatMs);
  const clock = setInterval(everySecond, 1000);
  return () => {
    unwatch();
    clearInterval(heartbeat);
    clearInterval(clock);
  };
}

/** A destination that is switched off holds its own lane. */
function ownHold({ id, destination }: LaneSpec, since: number): readonly Hold[] {
  return destination.enabled ? [] : [{ scope: { type: 'destination', destination: id }, stop: { why: 'switched off', since } }];
}

export function createDelivery(deps: DeliveryDeps): Delivery {
  const book = createLaneBook(deps, rule);
  const { lanes, ordinals } = book;
  let switches: readonly SwitchInForce[] | null = null;
  let holds: readonly Hold[] = [];
  let work: Promise<void> = Promise.resolve();
  let isClosed = false;
  let full: string | null = null;

  function rule(lane: Lane): void {
    if (switches === null) return;
    const gate = deps.gate?.(lane.spec.id) ?? null;
    lane.setRules(compileRules(lane.spec.id, switches, [...ownHold(lane.spec, deps.now()), ...holds], gate));
  }

  function ruleAll(): void {
    for (const lane of lanes.values()) rule(lane);
  }

  const stopWaking = startWaking(deps, lanes, () => {
    full = null;
    for (const lane of lanes.values()) {
      lane.everySecond();
      if (refusesIngest(lane.spec, deps.log.backlog(lane.spec.id), deps.now())) full = lane.spec.id;
    }
  });

  return {
    lanes,
    ordinals,
    apply(destinations) {
      if (isClosed) return work;
      work = work.then(() => book.apply(destinations)).catch(deps.bug);
      return work;
    },
    setSwitches(next, only) {
      const wasUnknown = switches === null;
      switches = next;
      const lane = only === undefined || wasUnknown ? null : lanes.get(only);
      if (lane) rule(lane);
      else if (only === undefined || wasUnknown) ruleAll();
    },
    setHolds(next) {
      holds = next;
      ruleAll();
    },
    gatesChanged: ruleAll,
    refusal: () => (full === null ? null : appError('INGEST_BACKLOG_FULL', { destination: full })),
    credentialChanged: (destination) => lanes.get(destination)?.credentialChanged(),
    async close(deadlineMs) {
      isClosed = true;
      stopWaking();
      await work;
      await book.close(deadlineMs);
    },
  };
}
