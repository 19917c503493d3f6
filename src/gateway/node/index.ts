/**
 * Builds one gateway node from its parts and runs it. The order of starting is the order of trust: what is
 * on disk, lanes (parked until the switches are known), and only then the ports.
 */
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '#contract/documents/settings.ts';
import { operations } from '#contract/operations/index.ts';
import { topics } from '#contract/operations/topics.ts';
import { ok, type Result } from '#contract/result.ts';
import { Secret } from '#contract/secret.ts';
import { createService, joinTables } from '#contract/service.ts';
import { createCheckSender } from '#gateway/control/check-sender.ts';
import { createControlHandlers } from '#gateway/control/commands/handlers.ts';
import { findDrift } from '#gateway/control/config/drift.ts';
import { readLane } from '#gateway/delivery/reading.ts';
import { createIngestServer } from '#gateway/ingest/ingest-server.ts';
import type { AppendRequest, EventLog } from '#gateway/log/event-log.ts';
import { createControlServer } from '#gateway/server/control-server.ts';
import { createMeter, type MeterReader } from '#gateway/telemetry/meter.ts';
import { createTelemetry, type Telemetry } from '#gateway/telemetry/telemetry.ts';
import { type Closing, createClosing } from './closing.ts';
import { createFeeds } from './feeds.ts';
import { createNodeHandlers, gatewayVersion } from './handlers.ts';
import { type NodeLanes, openLanes } from './lanes.ts';
import { watchLedger } from './ledger-watch.ts';
import type { Logger } from './logger.ts';
import type { GatewayOptions } from './options.ts';
import { createPeopleHandlers } from './people-handlers.ts';
import { createNodePipeline, type NodePipeline } from './pipeline.ts';
import { createPipelineHandlers } from './pipeline-handlers.ts';
import { createReleasing, type Releasing } from './releasing.ts';
import { type NodeState, openState } from './state.ts';

export interface RunningGateway {
  readonly ingestUrl: string;
  readonly controlUrl: string;
  readonly token: Secret;
  close(): Promise<void>;
}

const closeGraceMs = 2000;
const tidyEveryMs = 30_000;
/** Over this share of the disk budget, settled segments go before their retention is over. */
const crowdedShare = 0.85;
const leastRetentionMs = 60_000;

/**
 * Starts a gateway. Where it fails, nothing is left running.
 * @param token the control token; null makes one
 */
export async function startGateway(options: GatewayOptions, token: Secret | null, logger: Logger): Promise<Result<RunningGateway>> {
  const closing = createClosing();
  const started = await start(options, token ?? new Secret(randomBytes(32).toString('base64url')), logger, closing);
  if (!started.ok) await closing.run();
  return started;
}

async function start(options: GatewayOptions, token: Secret, logger: Logger, closing: Closing): Promise<Result<RunningGateway>> {
  const node = hostname();
  const startedAt = Date.now();
  const state = await openState(options, logger, closing);
  if (!state.ok) return state;
  const meter = createMeter();
  const pipeline = createNodePipeline(state.value, options, logger, closing);
  const lanes = await openLanes(state.value, pipeline, options, meter, node, logger, closing);
  const releasing = createReleasing({ state: state.value, pipeline, routing: lanes.routing, meter });
  const finished = await releasing.finish();
  if (!finished.ok) return finished;
  /** Filled in as the ports open; telemetry counts them. */
  const sockets = { ingest: () => 0, control: () => 0 };
  const telemetry = await openTelemetry(state.value, lanes, options, meter, node, sockets, logger);
  if (!telemetry.ok) return telemetry;
  closing.add(() => telemetry.value.close());

  const { log } = state.value;
  const { routing } = lanes;
  const ingestLog = { append: (request: AppendRequest) => log.append(request), refusal: () => log.refusal() ?? lanes.delivery.refusal() };
  const ingest = await createIngestServer({
    host: options.ingestHost,
    port: options.ingestPort,
    log: ingestLog,
    sources: routing.sources,
    route: routing.route,
    quarantine: pipeline.putApart,
    learned: state.value.people.durable,
    meter,
    now: Date.now,
    logger,
  });
  if (!ingest.ok) return ingest;
  sockets.ingest = ingest.value.sockets;
  closing.add(() => ingest.value.close(closeGraceMs));

  const control = await openControl({
    state: state.value,
    lanes,
    pipeline,
    releasing,
    telemetry: telemetry.value,
    options,
    token,
    node,
    startedAt,
    ingestUrl: ingest.value.url,
    logger,
    closing,
  });
  if (!control.ok) return control;
  sockets.control = control.value.clients;
  const tidying = setInterval(() => {
    pipeline.expire();
    tidy(log, telemetry.value.logStats()?.bytes ?? 0, state.value.settings()).catch((error) =>
      logger.error({ err: error }, 'tidying the log failed'),
    );
  }, tidyEveryMs);
  closing.add(() => clearInterval(tidying));
  state.value.store.note({ by: 'system', action: 'gateway.started', target: node, reason: '', commandId: null, at: startedAt }, 'ok');
  return ok({ ingestUrl: ingest.value.url, controlUrl: control.value.url, token, close: () => closing.run() });
}

function openTelemetry(
  { store, log }: NodeState,
  { delivery }: NodeLanes,
  options: GatewayOptions,
  meter: MeterReader,
  node: string,
  sockets: { ingest(): number; control(): number },
  logger: Logger,
): Promise<Result<Telemetry>> {
  const lanes = () => [...delivery.lanes.values()];
  return createTelemetry({
    folder: options.dataFolder,
    node,
    meter,
    log,
    lanes: () => lanes().map((lane) => readLane(lane, log, Date.now())),
    sourceIds: () => store.list('source').map(({ id }) => id),
    sockets: () => sockets.ingest() + sockets.control() + lanes().reduce((sum, lane) => sum + lane.sockets, 0),
    now: Date.now,
    logger,
  });
}

interface ControlParts {
  readonly state: NodeState;
  readonly lanes: NodeLanes;
  readonly pipeline: NodePipeline;
  readonly releasing: Releasing;
  readonly telemetry: Telemetry;
  readonly options: GatewayOptions;
  readonly token: Secret;
  readonly node: string;
  readonly startedAt: number;
  readonly ingestUrl: string;
  readonly logger: Logger;
  readonly closing: Closing;
}

async function openControl(parts: ControlParts): ReturnType<typeof createControlServer> {
  const { state, lanes, telemetry, options, token, node, startedAt, logger, closing } = parts;
  const checks = createCheckSender();
  closing.add(() => checks.close());
  const drift = () => (state.config ? findDrift(state.config, state.store) : []);
  const ledgerWatch = watchLedger({ log: state.log, store: state.store, logger, destinations: () => [...lanes.delivery.ordinals.keys()] });
  closing.add(() => ledgerWatch.close());
  const facts = { node, startedAt, dataFolder: options.dataFolder, ingestUrl: parts.ingestUrl, controlUrl: '' };
  const own = createNodeHandlers({
    log: state.log,
    delivery: lanes.delivery,
    switchboard: lanes.switchboard,
    telemetry,
    settings: state.settings,
    ledgerWatch,
    facts,
  });
  const handlers = joinTables(
    createControlHandlers({
      store: state.store,
      vault: state.vault,
      connectors: state.registry,
      drift,
      send: checks.send,
      schemas: state.schemas,
      now: Date.now,
    }),
    own.handlers,
    createPipelineHandlers({ state, pipeline: parts.pipeline, releasing: parts.releasing, now: Date.now }),
    createPeopleHandlers({ store: state.store, people: state.people, now: Date.now }),
  );
  const control = await createControlServer({
    port: options.controlPort,
    token,
    service: createService({ operations, handlers, topics, feeds: createFeeds(state.store, telemetry) }),
    logger,
    metrics: () => telemetry.prometheus() + ledgerMetric(ledgerWatch.violations().size),
    health: () => ({ version: gatewayVersion, node, startedAt }),
    ready: own.readiness,
    ledger: () => own.handlers['ledger.read']({}),
  });
  if (!control.ok) return control;
  facts.controlUrl = control.value.url;
  closing.add(() => control.value.close());
  // For the command line on this host.
  const file = join(options.dataFolder, 'control.json');
  // An old file keeps its mode when it is written over.
  rmSync(file, { force: true });
  writeFileSync(file, JSON.stringify({ url: control.value.url, token: token.reveal() }), { mode: 0o600 });
  return control;
}

function ledgerMetric(unbalanced: number): string {
  return `# HELP sluice_ledger_unbalanced_destinations Destinations whose ledger did not balance when last checked.\n# TYPE sluice_ledger_unbalanced_destinations gauge\nsluice_ledger_unbalanced_destinations ${unbalanced}\n`;
}

/** Deletes settled segments, sooner when the disk budget runs short. */
async function tidy(log: EventLog, usedBytes: number, settings: Settings): Promise<void> {
  await log.truncate(settings.retentionMs);
  if (usedBytes > settings.diskBudgetBytes * crowdedShare) await log.truncate(leastRetentionMs);
}
