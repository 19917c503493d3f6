/** The lanes of a node: opened, changed and closed as destination documents change. */
import type { Destination } from '#contract/documents/destination.ts';
import type { Connector } from '#gateway/connectors/connector.ts';
import { compileAllowList } from '#gateway/pipeline/allow-list.ts';
import type { DeliveryDeps } from './delivery.ts';
import type { Choice } from './endpoints/choose-endpoint.ts';
import { createLaneFailover, type LaneFailover, type Used } from './endpoints/failover.ts';
import { createFlowTime, type FlowTime } from './flow-time.ts';
import { createIsolation } from './isolation.ts';
import { Lane } from './lane.ts';
import type { LaneDeps } from './lane-deps.ts';
import { createLaneNotes } from './lane-notes.ts';
import { type LaneSpec, routesOf } from './lane-spec.ts';
import { createTurns } from './turns.ts';

export interface LaneBook {
  readonly lanes: ReadonlyMap<string, Lane>;
  /** Ordinal of each registered destination, for routing. */
  readonly ordinals: ReadonlyMap<string, number>;
  /** Brings the lanes in line with the documents: each destination's changes one after the other, and none waits for another destination. */
  apply(destinations: ReadonlyMap<string, Destination>): Promise<void>;
  /** One for each destination that is on its way to its first lane, settled once events are for it. A snapshot. */
  arriving(): ReadonlySet<Promise<void>>;
  /** Runs `work` while the destination's lane is neither opened nor closed. */
  apart<T>(id: string, work: () => Promise<T>): Promise<T>;
  /** A person chose an endpoint; `record` writes that down, once nothing is under way in another dedupe domain. */
  pickEndpoint(id: string, choice: Choice, record: () => boolean): Promise<Used>;
  close(deadlineMs: number): Promise<void>;
}

/** How long what a removed destination has in flight may take to end, ms. */
const retireDeadlineMs = 2000;

/** How often a lane settles, ms; with many lanes less often, so that all of them settle at most 800 times a second. */
const settleMs = 25;
const settleMsALane = 1.25;

/** Null where the connector or its settings are unknown: such a destination has no lane. */
function specOf(id: string, destination: Destination, connector: Connector | null): LaneSpec | null {
  const settings = connector?.settings.safeParse(destination.settings);
  if (!connector || !settings?.success) return null;
  const endpoint = destination.endpoint ?? connector.defaultEndpoint(settings.data);
  if (endpoint === null) return null;
  const allow = compileAllowList(destination.fields);
  const routes = routesOf(destination, endpoint);
  return { id, destination, connector, settings: settings.data, endpoint: endpoint.replace(/\/+$/, ''), routes, allow };
}

async function openLane(
  spec: LaneSpec,
  { log, meter, now, random, bug, notes = createLaneNotes(null), isolation = createIsolation, ...deps }: DeliveryDeps,
  flowTime: FlowTime,
  settleEveryMs: () => number,
  failover: LaneFailover,
  gave: LaneDeps['gave'],
): Promise<Lane> {
  const opened = await log.open(spec.id, failover.unknownOf(spec.id));
  const credential = () => deps.credential(spec.id);
  const refuseCredential = (detail: string, revision: number) => deps.refuseCredential(spec.id, detail, revision);
  const own = { credential, refuseCredential, ...failover.partsOf(spec, opened) };
  return new Lane(spec, { log, meter, notes, flowTime, isolation, now, random, settleEveryMs, gave, bug, ...own }, opened);
}

/** What must be alike for a lane to go on unchanged. */
function laneKey(destination: Destination): string {
  const { connector, settings, endpoint, transport, endpoints, delivery, hold, enabled, fields } = destination;
  return JSON.stringify([connector, settings, endpoint, transport, endpoints, delivery, hold, enabled, fields]);
}

/** @param onOpen called with each lane in the turn in which it is there, before it sends anything */
export function createLaneBook(deps: DeliveryDeps, onOpen: (lane: Lane) => void): LaneBook {
  const lanes = new Map<string, Lane>();
  const ordinals = new Map<string, number>();
  const keys = new Map<string, string>();
  const { inTurn, known } = createTurns();
  const arriving = new Set<Promise<void>>();
  /** Outlive a lane that is made anew. */
  const flowTimes = new Map<string, FlowTime>();

  const failover = createLaneFailover(deps.log, deps.now, reopen, deps.failover);

  /** The same lane anew: it moves to another endpoint. */
  function reopen(id: string): Promise<void> {
    return inTurn(id, async () => {
      const lane = lanes.get(id);
      if (lane) await follow(id, lane.spec.destination, true);
    });
  }

  const gave = (to: string, events: number) => lanes.get(to)?.rowsChanged({ retrying: events, dead: 0 });

  async function closeLane(id: string, deadlineMs: number): Promise<void> {
    const lane = lanes.get(id);
    lanes.delete(id);
    keys.delete(id);
    await lane?.close(deadlineMs);
  }

  function expect(followed: Promise<void>): void {
    const arrived = followed.then(
      () => void arriving.delete(arrived),
      () => void arriving.delete(arrived),
    );
    arriving.add(arrived);
  }

  async function retire(id: string): Promise<void> {
    if (!ordinals.has(id)) return;
    await closeLane(id, retireDeadlineMs);
    ordinals.delete(id);
    flowTimes.delete(id);
    deps.notes?.forget(id);
    failover.forget(id);
    await deps.log.retire(id);
  }

  async function follow(id: string, destination: Destination, isAnew = false): Promise<void> {
    const key = laneKey(destination);
    if (keys.get(id) === key && !isAnew) return;
    await closeLane(id, destination.delivery.timeoutMs);
    if (!ordinals.has(id)) ordinals.set(id, await deps.log.register(id));
    const spec = specOf(id, destination, deps.connector(destination.connector));
    if (!spec) return;
    keys.set(id, key);
    const flowTime = flowTimes.get(id) ?? (deps.flowTime ?? createFlowTime)();
    flowTimes.set(id, flowTime);
    const lane = await openLane(spec, deps, flowTime, () => Math.max(settleMs, lanes.size * settleMsALane), failover, gave);
    lanes.set(id, lane);
    lane.credentialChanged();
    onOpen(lane);
    deps.laneOpened?.();
  }

  return {
    lanes,
    ordinals,
    async pickEndpoint(id, choice, record) {
      const lane = lanes.get(id);
      return lane ? failover.use(lane, choice, record) : 'refused';
    },
    async apply(destinations) {
      const gone = known()
        .filter((id) => !destinations.has(id))
        .map((id) => inTurn(id, () => retire(id)));
      const there = [...destinations].map(([id, destination]) => {
        const followed = inTurn(id, () => follow(id, destination));
        if (!ordinals.has(id)) expect(followed);
        return followed;
      });
      await Promise.all([...gone, ...there]);
    },
    arriving: () => new Set(arriving),
    apart: inTurn,
    close: async (deadlineMs) => void (await Promise.all([...lanes.keys()].map((id) => closeLane(id, deadlineMs)))),
  };
}
