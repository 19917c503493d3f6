/** The lanes of a node: opened, changed and closed as destination documents change. */
import type { Destination } from '#contract/documents/destination.ts';
import type { Connector } from '#gateway/connectors/connector.ts';
import { compileAllowList } from '#gateway/pipeline/allow-list.ts';
import type { DeliveryDeps } from './delivery.ts';
import { Lane } from './lane.ts';
import type { LaneSpec } from './lane-spec.ts';

export interface LaneBook {
  readonly lanes: ReadonlyMap<string, Lane>;
  /** Ordinal of each registered destination, for routing. */
  readonly ordinals: ReadonlyMap<string, number>;
  /** Brings the lanes in line with the documents. One call at a time. */
  apply(destinations: ReadonlyMap<string, Destination>): Promise<void>;
  close(deadlineMs: number): Promise<void>;
}

/** How long what a removed destination has in flight may take to end, ms. */
const retireDeadlineMs = 2000;

/** How often a lane settles, ms; with many lanes less often, so that all of them settle at most 2,000 times a second. */
const settleMs = 25;
const settleMsALane = 0.5;

/** Null where the connector or its settings are unknown: such a destination has no lane. */
function specOf(id: string, destination: Destination, connector: Connector | null): LaneSpec | null {
  const settings = connector?.settings.safeParse(destination.settings);
  if (!connector || !settings?.success) return null;
  const endpoint = destination.endpoint ?? connector.defaultEndpoint(settings.data);
  if (endpoint === null) return null;
  const allow = compileAllowList(destination.fields);
  return { id, destination, connector, settings: settings.data, endpoint: endpoint.replace(/\/+$/, ''), allow };
}

async function openLane(
  spec: LaneSpec,
  { log, meter, now, random, bug, ...deps }: DeliveryDeps,
  settleEveryMs: () => number,
): Promise<Lane> {
  const opened = await log.open(spec.id);
  const credential = () => deps.credential(spec.id);
  const refuseCredential = (detail: string, revision: number) => deps.refuseCredential(spec.id, detail, revision);
  return new Lane(spec, { log, meter, now, random, settleEveryMs, credential, refuseCredential, bug }, opened);
}

/** What must be alike for a lane to go on unchanged. */
function laneKey(destination: Destination): string {
  const { connector, settings, endpoint, delivery, hold, enabled, fields } = destination;
  return JSON.stringify([connector, settings, endpoint, delivery, hold, enabled, fields]);
}

/** @param onOpen called with each lane in the turn in which it is there, before it sends anything */
export function createLaneBook(deps: DeliveryDeps, onOpen: (lane: Lane) => void): LaneBook {
  const lanes = new Map<string, Lane>();
  const ordinals = new Map<string, number>();
  const keys = new Map<string, string>();

  async function closeLane(id: string, deadlineMs: number): Promise<void> {
    const lane = lanes.get(id);
    lanes.delete(id);
    keys.delete(id);
    await lane?.close(deadlineMs);
  }

  async function retire(id: string): Promise<void> {
    await closeLane(id, retireDeadlineMs);
    ordinals.delete(id);
    await deps.log.retire(id);
  }

  async function follow(id: string, destination: Destination): Promise<void> {
    const key = laneKey(destination);
    if (keys.get(id) === key) return;
    await closeLane(id, destination.delivery.timeoutMs);
    if (!ordinals.has(id)) ordinals.set(id, await deps.log.register(id));
    const spec = specOf(id, destination, deps.connector(destination.connector));
    if (!spec) return;
    keys.set(id, key);
    const lane = await openLane(spec, deps, () => Math.max(settleMs, lanes.size * settleMsALane));
    lanes.set(id, lane);
    lane.credentialChanged();
    onOpen(lane);
  }

  return {
    lanes,
    ordinals,
    async apply(destinations) {
      for (const id of [...ordinals.keys()]) if (!destinations.has(id)) await retire(id);
      for (const [id, destination] of destinations) await follow(id, destination);
    },
    close: async (deadlineMs) => void (await Promise.all([...lanes.keys()].map((id) => closeLane(id, deadlineMs)))),
  };
}
