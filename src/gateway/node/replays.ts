/** Dead letters and replays in a node. */
import type { Rehearsal } from '#contract/operations/replay.ts';
import type { topics } from '#contract/operations/topics.ts';
import type { Feeds } from '#contract/service.ts';
import type { HandlersOf } from '#gateway/control/commands/context.ts';
import type { Lane } from '#gateway/delivery/lane.ts';
import { secondOf } from '#gateway/guardrails/measure.ts';
import { compileMapping } from '#gateway/ingest/mapping.ts';
import type { IngestSource } from '#gateway/ingest/source-index.ts';
import type { LogRecord } from '#gateway/log/event-log.ts';
import type { GatewayEvent } from '#gateway/pipeline/event.ts';
import { planOf } from '#gateway/pipeline/plan.ts';
import { postedJson } from '#gateway/replay/edit-event.ts';
import { createEdits, type Edits } from '#gateway/replay/edits.ts';
import { guardReplays } from '#gateway/replay/guarding.ts';
import { createReplayHandlers, type ReplayOperation } from '#gateway/replay/handlers.ts';
import { Replays } from '#gateway/replay/replays.ts';
import { whereIs } from '#gateway/replay/where.ts';
import type { Meter } from '#gateway/telemetry/meter.ts';
import type { Telemetry } from '#gateway/telemetry/telemetry.ts';
import type { Closing } from './closing.ts';
import type { NodeLanes } from './lanes.ts';
import type { Logger } from './logger.ts';
import type { NodePipeline } from './pipeline.ts';
import type { NodeState } from './state.ts';

export interface NodeReplays {
  readonly handlers: HandlersOf<ReplayOperation | 'event.where'>;
  readonly feed: Feeds<Pick<typeof topics, 'replay.progress'>>['replay.progress'];
}

export interface NodeReplayParts {
  readonly state: NodeState;
  readonly lanes: NodeLanes;
  readonly pipeline: NodePipeline;
  readonly meter: Meter;
  readonly telemetry: Pick<Telemetry, 'observe'>;
  readonly logger: Logger;
  readonly closing: Closing;
}

const stepEveryMs = 25;

export function openReplays(parts: NodeReplayParts): NodeReplays {
  const { state, logger, closing } = parts;
  const { store, log } = state;
  const { delivery } = parts.lanes;
  const { lanes, ordinals } = delivery;
  const now = () => log.preciseNow();
  const wants = (destination: string, { event }: LogRecord) => parts.lanes.routing.takes(destination, event);
  const report = (error: unknown) => logger.error({ err: error }, 'a replay could not go on');
  const replays = new Replays({ store, log, lanes, wants, now, report });
  const edits = createEdits({
    log,
    meter: parts.meter,
    source: (id) => sourceOf(parts, id),
    ordinalOf: (destination) => ordinals.get(destination) ?? -1,
  });
  const timers = [
    setInterval(() => void replays.tick().catch(report), stepEveryMs),
    setInterval(() => replays.everySecond(), 1000),
    recoverEdits(edits, lanes, report),
  ];
  closing.add(async () => {
    for (const timer of timers) clearInterval(timer);
    await replays.close();
  });
  const guard = guardReplays({
    store,
    now: () => log.now(),
    failed: (replay, { code }) => logger.warn({ replay, code }, 'a replay could not be paused; it is tried again'),
  });
  closing.add(parts.telemetry.observe((tick, window) => guard(secondOf(tick, window))));
  const handling = { store, log, lanes, ordinals, replays, edits, wants, now, planOf: (event: GatewayEvent) => planVerdict(parts, event) };
  return {
    handlers: {
      ...createReplayHandlers(handling),
      'event.where': (input) => whereIs({ log, lanes, ordinals, quarantine: parts.pipeline.quarantine }, input),
    },
    feed: (_, sink) => {
      const push = (readings: ReturnType<Replays['now']>) => sink.push([{ at: Math.round(now()), replays: readings }]);
      push(replays.now());
      return replays.subscribe(push);
    },
  };
}

/** Looks once at each lane that opened: what a crash left half edited is settled before anybody asks. */
function recoverEdits(edits: Edits, lanes: ReadonlyMap<string, Lane>, report: (error: unknown) => void): NodeJS.Timeout {
  const seen = new WeakSet<Lane>();
  const look = () => {
    for (const lane of lanes.values()) {
      if (seen.has(lane)) continue;
      seen.add(lane);
      edits.recover(lane).catch((error) => {
        // Asked again: the lane may have been opened anew, or the store may write again.
        seen.delete(lane);
        report(error);
      });
    }
  };
  look();
  return setInterval(look, 1000);
}

/** A source that is gone is still treated as its documents say, redaction above all. */
function sourceOf({ lanes, pipeline }: NodeReplayParts, id: string): IngestSource {
  const known = [...lanes.routing.sources().values()].find((source) => source.id === id);
  return known ?? { id, enabled: true, mapping: compileMapping(undefined), treatment: pipeline.treatmentOf(id), account: null };
}

function planVerdict({ pipeline }: NodeReplayParts, event: GatewayEvent): Rehearsal['plan'] {
  const plan = planOf(event.source, pipeline.plans());
  if (plan === null) return null;
  const { verdict, violations } = pipeline.compiled(plan).check(postedJson(event, event, event.messageId), event.type);
  return { verdict, violations: [...violations] };
}
