/** The delivering part of a node: gives each lane its rules, and wakes them. */

import type { Destination } from '#contract/documents/destination.ts';
import type { SwitchScope } from '#contract/documents/switch.ts';
import { type AppError, appError } from '#contract/errors.ts';
import type { Connector } from '#gateway/connectors/connector.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import type { Meter } from '#gateway/telemetry/meter.ts';
import type { Force } from './breaker.ts';
import type { Choice } from './endpoints/choose-endpoint.ts';
import type { FailoverDeps, Used } from './endpoints/failover.ts';
import { refusesIngest } from './expiry.ts';
import type { FlowTime } from './flow-time.ts';
import type { Isolation } from './isolation.ts';
import type { Lane } from './lane.ts';
import { createLaneBook, type LaneBook } from './lane-book.ts';
import type { LaneNotes } from './lane-notes.ts';
import type { CredentialReading, LaneSpec } from './lane-spec.ts';
import { compileRules, type Gate, type Stop, type SwitchInForce } from './rules.ts';
import { createRounds, startWaking } from './waking.ts';

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
  /** What lanes remember over a restart beside the log; absent: nothing. */
  readonly notes?: LaneNotes;
  /** Absent: by the clocks of this process. */
  flowTime?(): FlowTime;
  /** Absent: in a worker with this program's connectors. */
  isolation?(): Isolation;
  /** Of lanes with several endpoints; absent: nothing is remembered over a restart. */
  readonly failover?: FailoverDeps;
  /** A lane was opened: there may be a new ordinal to route to. */
  laneOpened?(): void;
}

export interface Delivery {
  readonly lanes: ReadonlyMap<string, Lane>;
  /** Ordinal of each registered destination, for routing. */
  readonly ordinals: ReadonlyMap<string, number>;
  /** Brings the lanes in line with the documents. No destination waits for another; resolves when all are done. */
  apply(destinations: ReadonlyMap<string, Destination>): Promise<void>;
  /** One for each destination that is on its way to its first lane, settled once events are for it. A snapshot. */
  arriving: LaneBook['arriving'];
  /** In force when this returns. `only`: the destination that alone is affected. */
  setSwitches(switches: readonly SwitchInForce[], only?: string): void;
  setHolds(holds: readonly Hold[]): void;
  /** What people make breakers do, by destination. In force when this returns. */
  setForces(forces: ReadonlyMap<string, Force>): void;
  /** Asks for the gates again: a policy changed, or there are suppressed people now. In force when this returns. */
  gatesChanged(): void;
  credentialChanged(destination: string): void;
  /** A person chose an endpoint; `record` writes that down, once nothing is under way in another dedupe domain. */
  pickEndpoint(destination: string, choice: Choice, record: () => boolean): Promise<Used>;
  /** Why ingest must wait: a destination that would rather have that than lose its oldest is full. Null otherwise. */
  refusal(): AppError | null;
  /** Runs `work` while the destination's lane is neither opened nor closed. */
  apart: LaneBook['apart'];
  close(deadlineMs: number): Promise<void>;
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
  let forces: ReadonlyMap<string, Force> = new Map();
  let work: Promise<void> = Promise.resolve();
  let isClosed = false;
  let full: string | null = null;

  function rule(lane: Lane): void {
    lane.force(forces.get(lane.spec.id) ?? null);
    if (switches === null) return;
    const gate = deps.gate?.(lane.spec.id) ?? null;
    lane.setRules(compileRules(lane.spec.id, switches, [...ownHold(lane.spec, deps.now()), ...holds], gate, (id) => ordinals.has(id)));
  }

  function ruleAll(): void {
    for (const lane of lanes.values()) rule(lane);
  }

  /** A destination that comes or goes may be the target of a divert. */
  function ruleDiverts(): void {
    if (switches?.some(({ value }) => value.mode === 'divert')) ruleAll();
  }

  const stopWaking = startWaking({ lanes, watch: (committed) => deps.log.watch((_head, destinations) => committed(destinations)) });
  const seconds = createRounds((lane: Lane) => {
    lane.everySecond();
    const { id } = lane.spec;
    if (refusesIngest(lane.spec, deps.log.backlog(id), deps.now())) full = id;
    else if (full === id) full = null;
  });
  const clock = setInterval(() => {
    if (full !== null && !lanes.has(full)) full = null;
    seconds.add(lanes.values());
  }, 1000);

  return {
    lanes,
    ordinals,
    apply(destinations) {
      if (isClosed) return work;
      const applied = book.apply(destinations).then(ruleDiverts).catch(deps.bug);
      work = work.then(() => applied);
      return applied;
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
    setForces(next) {
      forces = next;
      for (const lane of lanes.values()) lane.force(forces.get(lane.spec.id) ?? null);
    },
    gatesChanged: ruleAll,
    apart: book.apart,
    arriving: book.arriving,
    refusal: () => (full === null ? null : appError('INGEST_BACKLOG_FULL', { destination: full })),
    credentialChanged: (destination) => lanes.get(destination)?.credentialChanged(),
    pickEndpoint: book.pickEndpoint,
    async close(deadlineMs) {
      isClosed = true;
      stopWaking();
      clearInterval(clock);
      await work;
      await book.close(deadlineMs);
    },
  };
}
