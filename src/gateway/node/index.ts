/**
 * Builds one gateway node from its parts and runs it. The order of starting is the order of trust: what is
 * on disk, lanes (parked until the switches are known), and only then the ports.
 */
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { incarnationCapability } from '#contract/incarnation.ts';
import { operations } from '#contract/operations/index.ts';
import { topics } from '#contract/operations/topics.ts';
import { ok, type Result } from '#contract/result.ts';
import { Secret } from '#contract/secret.ts';
import { createService, joinTables } from '#contract/service.ts';
import { createCheckSender } from '#gateway/control/check-sender.ts';
import { createControlHandlers } from '#gateway/control/commands/handlers.ts';
import { createPerformer } from '#gateway/control/commands/perform.ts';
import { findDrift } from '#gateway/control/config/drift.ts';
import { readLane } from '#gateway/delivery/reading.ts';
import { createOfrep } from '#gateway/flags/ofrep.ts';
import { createIngestServer } from '#gateway/ingest/ingest-server.ts';
import { type IngestTls, openIngestTls } from '#gateway/ingest/ingest-tls.ts';
import type { AppendRequest } from '#gateway/log/event-log.ts';
import { createControlServer } from '#gateway/server/control-server.ts';
import { createMeter, type MeterReader } from '#gateway/telemetry/meter.ts';
import { createTelemetry, type Telemetry } from '#gateway/telemetry/telemetry.ts';
import { openBackups } from './backing-up.ts';
import { createBreakerHandlers } from './breaker-handlers.ts';
import { type Closing, createClosing } from './closing.ts';
import { openDrills } from './drills.ts';
import { createEndpointHandlers } from './endpoints.ts';
import { openErasing, reapply } from './erasing.ts';
import { createFeeds } from './feeds.ts';
import { followFlags, type NodeFlags } from './flags.ts';
import { createNodeHandlers, gatewayVersion } from './handlers.ts';
import { answerInForce } from './in-force.ts';
import { createLaneHandlers } from './lane-handlers.ts';
import { type NodeLanes, openLanes } from './lanes.ts';
import { watchLedger } from './ledger-watch.ts';
import { createSourceHandlers, keyMetrics } from './limits.ts';
import type { Logger } from './logger.ts';
import type { GatewayOptions } from './options.ts';
import { createPeopleHandlers } from './people-handlers.ts';
import { createNodePipeline, type NodePipeline } from './pipeline.ts';
import { createPipelineHandlers } from './pipeline-handlers.ts';
import { createReleasing, type Releasing } from './releasing.ts';
import { type NodeReplays, openReplays } from './replays.ts';
import { openRestorePoints } from './restore-points.ts';
import { openRollouts } from './rollouts.ts';
import type { Routing } from './routing.ts';
import { openSchedules } from './schedules.ts';
import { type NodeSecurity, openSecurity } from './security.ts';
import { type NodeState, openState } from './state.ts';
import { certificateMetrics, createTransportHandlers, watchCertificates } from './transport.ts';
import { openVerdicts } from './verdicts.ts';

export interface RunningGateway {
  readonly ingestUrl: string;
  readonly controlUrl: string;
  readonly token: Secret;
  close(): Promise<void>;
}

const closeGraceMs = 2000;
const tidyEveryMs = 30_000;

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
  const isDestination = (id: string) => state.value.destinations().has(id);
  const security = openSecurity(createMeter(), isDestination, logger, closing);
  const { meter } = security;
  const pipeline = createNodePipeline(state.value, options, logger, closing);
  const erasedAgain = await reapply(state.value, pipeline, logger);
  if (!erasedAgain.ok) return erasedAgain;
  const flags = followFlags(state.value.store, options.dataFolder, closing);
  const lanes = await openLanes(state.value, pipeline, flags.current, options, meter, node, logger, closing);
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
  const ofrep = createOfrep({ flags: flags.current, watch: flags.watch, sourceOf: (key) => enabledSource(routing, key) });
  closing.add(() => ofrep.close());
  const ingestLog = { append: (request: AppendRequest) => log.append(request), refusal: () => log.refusal() ?? lanes.delivery.refusal() };
  const tls = options.ingestTls === null ? ok(null) : openIngestTls(options.ingestTls);
  if (!tls.ok) return tls;
  const ingest = await createIngestServer({
    tls: tls.value,
    host: options.ingestHost,
    port: options.ingestPort,
    log: ingestLog,
    sources: routing.sources,
    route: routing.route,
    quarantine: pipeline.putApart,
    learned: state.value.people.durable,
    meter,
    now: () => log.now(),
    limits: state.value.limits,
    onUnknownKey: security.onUnknownKey,
    others: ofrep.handle,
    logger,
  });
  if (!ingest.ok) return ingest;
  sockets.ingest = ingest.value.sockets;
  closing.add(() => ingest.value.close(closeGraceMs));

  const replays = openReplays({ state: state.value, lanes, pipeline, meter, telemetry: telemetry.value, logger, closing });
  const control = await openControl({
    state: state.value,
    replays,
    flags,
    lanes,
    pipeline,
    releasing,
    telemetry: telemetry.value,
    security,
    options,
    token,
    node,
    startedAt,
    ingestUrl: ingest.value.url,
    ingestTls: tls.value,
    logger,
    closing,
  });
  if (!control.ok) return control;
  sockets.control = control.value.clients;
  const tidying = setInterval(() => pipeline.expire(), tidyEveryMs);
  closing.add(() => clearInterval(tidying));
  state.value.store.note({ by: 'system', action: 'gateway.started', target: node, reason: '', commandId: null, at: startedAt }, 'ok');
  return ok({ ingestUrl: ingest.value.url, controlUrl: control.value.url, token, close: () => closing.run() });
}

function openTelemetry(
  { store, log, limits }: NodeState,
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
    lanes: () => lanes().map((lane) => readLane(lane, log, log.now())),
    sourceIds: () => store.list('source').map(({ id }) => id),
    throttleOf: (source) => limits.throttle(source),
    sockets: () => sockets.ingest() + sockets.control() + lanes().reduce((sum, lane) => sum + lane.sockets, 0),
    now: Date.now,
    logger,
  });
}

function enabledSource(routing: Routing, writeKey: string): string | null {
  const source = routing.sources().get(writeKey);
  return source?.enabled ? source.id : null;
}

interface ControlParts {
  readonly state: NodeState;
  readonly replays: NodeReplays;
  readonly flags: NodeFlags;
  readonly lanes: NodeLanes;
  readonly pipeline: NodePipeline;
  readonly releasing: Releasing;
  readonly telemetry: Telemetry;
  readonly security: NodeSecurity;
  readonly options: GatewayOptions;
  readonly token: Secret;
  readonly node: string;
  readonly startedAt: number;
  readonly ingestUrl: string;
  readonly ingestTls: IngestTls | null;
  readonly logger: Logger;
  readonly closing: Closing;
}

async function openControl(parts: ControlParts): ReturnType<typeof createControlServer> {
  const { state, lanes, telemetry, options, token, node, startedAt, logger, closing } = parts;
  const checks = createCheckSender();
  closing.add(() => checks.close());
  const backups = openBackups(state, options.dataFolder, node, logger, closing);
  const verdicts = openVerdicts(state, telemetry, checks.send, closing);
  const drills = openDrills({ state, telemetry, verdicts, isEmbedded: options.embedded, logger, closing });
  const rollouts = openRollouts({ state, telemetry, logger, closing });
  const drift = () => (state.config ? findDrift(state.config, state.store) : []);
  const ledgerWatch = watchLedger({ log: state.log, store: state.store, logger, destinations: () => [...lanes.delivery.ordinals.keys()] });
  closing.add(() => ledgerWatch.close());
  const ingestCertificates = (now: number) => parts.ingestTls?.certificates(now) ?? [];
  const transport = { store: state.store, vault: state.vault, delivery: lanes.delivery, ingestCertificates, logger, now: Date.now };
  watchCertificates(transport, closing);
  const facts = { node, startedAt, dataFolder: options.dataFolder, ingestUrl: parts.ingestUrl, ingestCertificates, controlUrl: '' };
  const own = createNodeHandlers({
    log: state.log,
    delivery: lanes.delivery,
    switchboard: lanes.switchboard,
    telemetry,
    settings: state.settings,
    ledgerWatch,
    facts,
  });
  const controlDeps = {
    store: state.store,
    vault: state.vault,
    connectors: state.registry,
    drift,
    send: checks.send,
    schemas: state.schemas,
    now: Date.now,
  };
  const performer = createPerformer(() => service);
  const schedules = openSchedules(state, performer, logger, closing);
  const handlers = joinTables(
    createControlHandlers(controlDeps),
    openRestorePoints(controlDeps, lanes.delivery, state.log),
    own.handlers,
    parts.replays.handlers,
    rollouts,
    schedules.handlers,
    parts.flags.handlers,
    verdicts.handlers,
    drills,
    parts.security.handlers,
    backups.handlers,
    createPipelineHandlers({ state, pipeline: parts.pipeline, releasing: parts.releasing, now: Date.now }),
    createSourceHandlers({ ...state, dataFolder: options.dataFolder, telemetry }),
    createBreakerHandlers({ store: state.store, delivery: lanes.delivery, log: state.log }),
    createEndpointHandlers({ store: state.store, delivery: lanes.delivery, now: () => state.log.now() }),
    createTransportHandlers(transport),
    createLaneHandlers({ store: state.store, delivery: lanes.delivery, now: () => state.log.now() }),
    createPeopleHandlers({ store: state.store, people: state.people, now: Date.now }),
    openErasing({ ...parts, delivery: lanes.delivery, send: checks.send }).handlers,
  );
  const feeds = createFeeds(state.store, telemetry, verdicts, backups, parts.replays);
  const service = answerInForce(createService({ operations, handlers, topics, feeds }), lanes.delivery.arriving);
  const control = await createControlServer({
    port: options.controlPort,
    token,
    service,
    logger,
    metrics: () =>
      telemetry.prometheus() +
      certificateMetrics(transport) +
      parts.security.metrics() +
      keyMetrics(state.limits) +
      ledgerMetric(ledgerWatch.violations().size),
    capabilities: [incarnationCapability(state.log.incarnation)],
    onAuthentication: parts.security.onControl,
    health: () => ({ version: gatewayVersion, node, startedAt }),
    ready: own.readiness,
    ledger: () => own.handlers['ledger.read']({}),
  });
  if (!control.ok) return control;
  facts.controlUrl = control.value.url;
  closing.add(() => control.value.close());
  schedules.start();
  leaveAddress(options.dataFolder, control.value.url, token);
  return control;
}

/** For the command line on this host. */
function leaveAddress(dataFolder: string, url: string, token: Secret): void {
  const file = join(dataFolder, 'control.json');
  // An old file keeps its mode when it is written over.
  rmSync(file, { force: true });
  writeFileSync(file, JSON.stringify({ url, token: token.reveal() }), { mode: 0o600 });
}

function ledgerMetric(unbalanced: number): string {
  return `# HELP sluice_ledger_unbalanced_destinations Destinations whose ledger did not balance when last checked.\n# TYPE sluice_ledger_unbalanced_destinations gauge\nsluice_ledger_unbalanced_destinations ${unbalanced}\n`;
}
