/** What the handlers of dead letters and replays share. */
import { appError } from '#contract/errors.ts';
import type { Rehearsal } from '#contract/operations/replay.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { CallContext } from '#contract/service.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import type { Lane } from '#gateway/delivery/lane.ts';
import type { EventLog, LogRecord } from '#gateway/log/event-log.ts';
import { StaleEpoch } from '#gateway/log/settle-refused.ts';
import type { GatewayEvent } from '#gateway/pipeline/event.ts';
import type { Edits } from './edits.ts';
import type { Replays } from './replays.ts';

export interface ReplayHandlerDeps {
  readonly store: DocumentStore;
  readonly log: EventLog;
  readonly lanes: ReadonlyMap<string, Lane>;
  /** Ordinal of each registered destination. */
  readonly ordinals: ReadonlyMap<string, number>;
  readonly replays: Replays;
  readonly edits: Edits;
  /** What the tracking plan of its source says of an event today; null without one. */
  planOf(event: GatewayEvent): Rehearsal['plan'];
  /** Whether today's documents send an event to a destination. */
  wants(destination: string, record: LogRecord): boolean;
  /** Epoch ms. */
  now(): number;
}

/** DOCUMENT_NOT_FOUND, or LANE_CLOSED where the destination has no lane now. */
export function laneOf({ lanes, ordinals }: Pick<ReplayHandlerDeps, 'lanes' | 'ordinals'>, destination: string): Result<Lane> {
  if (!ordinals.has(destination)) return err(appError('DOCUMENT_NOT_FOUND', { kind: 'destination', id: destination }));
  const lane = lanes.get(destination);
  return lane ? ok(lane) : err(appError('LANE_CLOSED', { destination }));
}

/** LANE_CLOSED where the lane is opened anew while `work` runs. */
export async function onLane<T>(lane: Lane, work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StaleEpoch) return err(appError('LANE_CLOSED', { destination: lane.spec.id }));
    throw error;
  }
}

/** Whether this command was carried out before. */
export function isRepeated({ store }: Pick<ReplayHandlerDeps, 'store'>, { commandId }: CallContext): boolean {
  return commandId !== null && store.outcome(commandId) !== null;
}
