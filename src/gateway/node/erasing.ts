/** The part of a node that forgets: erasures, exports of a person's data, retention. */
import type { Result } from '#contract/result.ts';
import type { HandlersOf } from '#gateway/control/commands/context.ts';
import type { SendCheck } from '#gateway/control/commands/deps.ts';
import { concludeWithoutLane } from '#gateway/delivery/concluding.ts';
import type { Delivery } from '#gateway/delivery/delivery.ts';
import { createErasures } from '#gateway/erasure/erasures.ts';
import { createExportHandlers } from '#gateway/erasure/export-handlers.ts';
import { createErasureHandlers } from '#gateway/erasure/handlers.ts';
import { type ErasureLanes, eraseLocally } from '#gateway/erasure/local.ts';
import { reapplyErasures } from '#gateway/erasure/reapply.ts';
import { createVendorAsk } from '#gateway/erasure/vendor-ask.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import { createMatcher } from '#gateway/log/person-match.ts';
import type { Exception } from '#gateway/log/replaying.ts';
import { createPersonKeys } from '#gateway/pipeline/person-key.ts';
import { createRetentionHandlers } from '#gateway/retention/handlers.ts';
import { createRetention } from '#gateway/retention/retention.ts';
import type { Telemetry } from '#gateway/telemetry/telemetry.ts';
import type { Closing } from './closing.ts';
import type { Logger } from './logger.ts';
import type { NodePipeline } from './pipeline.ts';
import type { NodeState } from './state.ts';

export interface ErasingParts {
  readonly state: NodeState;
  readonly delivery: Delivery;
  readonly pipeline: Pick<NodePipeline, 'quarantine'>;
  readonly telemetry: Telemetry;
  readonly send: SendCheck;
  readonly logger: Logger;
  readonly closing: Closing;
}

export interface NodeErasing {
  readonly handlers: HandlersOf<`erasure.${'request' | 'list' | 'retry' | 'settle'}` | 'person.export' | `retention.${'read' | 'purge'}`>;
}

const tidyEveryMs = 30_000;
const landingPollMs = 25;
const landingGraceMs = 2000;

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
function later(callback: () => void, delayMs: number): () => void {
  const timer = setTimeout(callback, delayMs);
  return () => clearTimeout(timer);
}

/** Before any lane is open: erases again whom a restore brought back. */
export async function reapply(
  { log, people, destinations }: NodeState,
  { quarantine }: Pick<NodePipeline, 'quarantine'>,
  logger: Logger,
): Promise<Result<number>> {
  const done = await reapplyErasures({ log, quarantine, people, destinations: [...destinations().keys()] });
  if (done.ok && done.value > 0) logger.warn({ events: done.value }, 'a restore brought erased people back; they are erased again');
  return done;
}

export function openErasing({ state, delivery, pipeline, telemetry, send, logger, closing }: ErasingParts): NodeErasing {
  const { store, people, log, vault, registry: connectors, settings } = state;
  const { quarantine } = pipeline;
  const destinations = () => [...delivery.ordinals.keys()];
  const bug = (error: unknown) => logger.error({ err: error }, 'bug in an erasure');
  const lanes = erasureLanes(delivery, log);
  const vendors = createVendorAsk({ store, vault, connectors, send, stopped: (id) => stoppedBy(delivery, id), now: Date.now });
  const erasures = createErasures({
    store,
    people,
    vendors,
    local: (hashes) => eraseLocally({ log, lanes, quarantine, people, wait }, hashes),
    now: Date.now,
    schedule: later,
    bug,
  });
  closing.add(() => erasures.close());
  const expire = (destination: string, seqs: readonly number[]) => endDead(delivery, log, destination, seqs, 'expired');
  const usedBytes = () => telemetry.logStats()?.bytes ?? 0;
  const retention = createRetention({
    log,
    expire,
    quarantine,
    telemetry: telemetry.stored,
    people,
    store,
    settings,
    destinations,
    usedBytes,
  });
  tidyNowAndThen(() => retention.tidy(), logger, closing);
  erasures.wake();
  const preview = { log, quarantine, vendors, destinations, monotonic: () => performance.now() };
  return {
    handlers: {
      ...createErasureHandlers({ store, people, erasures, vendors, preview, now: Date.now }),
      ...createExportHandlers({ store, people, log, quarantine, documents: erasures.documents, destinations }),
      ...createRetentionHandlers({ store, retention }),
    },
  };
}

function tidyNowAndThen(tidy: () => Promise<void>, logger: Logger, closing: Closing): void {
  let running: Promise<void> | null = null;
  const timer = setInterval(() => {
    running ??= tidy()
      .catch((error) => logger.error({ err: error }, 'keeping to the retention failed'))
      .finally(() => {
        running = null;
      });
  }, tidyEveryMs);
  closing.add(async () => {
    clearInterval(timer);
    await running;
  });
}

/** What keeps a destination from being sent anything: its owner, a switch or a hold. A breaker and a credential have words of their own. */
function stoppedBy({ lanes }: Delivery, id: string): string | null {
  return lanes.get(id)?.rules.parked?.why ?? null;
}

function erasureLanes(delivery: Delivery, log: EventLog): ErasureLanes {
  return {
    destinations: () => [...delivery.ordinals.keys()],
    async landed(match) {
      const isTheirs = createMatcher(createPersonKeys(match.key), match.people);
      const isFlying = () =>
        [...delivery.lanes.values()].some((lane) =>
          lane.flying().some(({ entries }) => entries.some(({ record }) => isTheirs(record.event, record.receivedAt))),
        );
      const longestMs =
        Math.max(0, ...[...delivery.lanes.values()].map(({ spec }) => spec.destination.delivery.timeoutMs)) + landingGraceMs;
      for (let waitedMs = 0; waitedMs < longestMs && isFlying(); waitedMs += landingPollMs) await wait(landingPollMs);
    },
    conclude: (id, seqs) =>
      delivery.apart(id, async () => {
        const lane = delivery.lanes.get(id);
        return lane ? lane.concluding.conclude(seqs) : concludeWithoutLane(log, id, seqs);
      }),
    forget(messageIds) {
      let forgotten = 0;
      for (const lane of delivery.lanes.values()) {
        if (lane.lastSent === null || !messageIds.has(lane.lastSent.messageId)) continue;
        lane.lastSent = null;
        forgotten++;
      }
      return forgotten;
    },
  };
}

/** Ends dead letters of a destination, whether it has a lane or not. */
function endDead(delivery: Delivery, log: EventLog, id: string, seqs: readonly number[], as: Exception): Promise<number> {
  return delivery.apart(id, async () => {
    const lane = delivery.lanes.get(id);
    if (lane) return lane.concluding.endDead(seqs, as);
    const { epoch } = await log.open(id);
    return log.replaying.discardDead(id, epoch, seqs, as);
  });
}
