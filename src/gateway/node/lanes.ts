/** The part of a node that delivers: lanes, switches, routing, each kept in line with the documents. */
import { join } from 'node:path';
import { createHoldFile } from '#gateway/control/hold-file.ts';
import type { Vault } from '#gateway/control/vault.ts';
import { createDelivery, type Delivery, type Hold } from '#gateway/delivery/delivery.ts';
import { createLaneNotes } from '#gateway/delivery/lane-notes.ts';
import type { CredentialReading } from '#gateway/delivery/lane-spec.ts';
import { createSwitchboard, type Switchboard } from '#gateway/delivery/switchboard.ts';
import type { FlagSet } from '#gateway/flags/flag-set.ts';
import { isOn } from '#gateway/flags/gate.ts';
import type { Meter } from '#gateway/telemetry/meter.ts';
import { followForces } from './breaker-handlers.ts';
import type { Closing } from './closing.ts';
import { failoverDeps } from './endpoints.ts';
import type { Logger } from './logger.ts';
import type { GatewayOptions } from './options.ts';
import type { NodePipeline } from './pipeline.ts';
import { createRouting, type Routing } from './routing.ts';
import type { NodeState } from './state.ts';

export interface NodeLanes {
  readonly delivery: Delivery;
  readonly switchboard: Switchboard;
  readonly routing: Routing;
}

/** In flight at a stop gets this long to end before it is aborted as uncertain. */
const closeGraceMs = 2000;

function credentialReading(vault: Vault, destination: string): CredentialReading {
  const state = vault.credentialFor(destination);
  return state.state === 'present' || state.state === 'not-needed'
    ? { usable: true, values: state.values, revision: state.revision }
    : { usable: false, detail: state.detail };
}

/** Lanes are parked until the switchboard has read the switches. */
export async function openLanes(
  state: NodeState,
  pipeline: NodePipeline,
  flags: () => FlagSet,
  options: GatewayOptions,
  meter: Meter,
  node: string,
  logger: Logger,
  closing: Closing,
): Promise<NodeLanes> {
  const { store, log, vault, registry } = state;
  const now = () => log.preciseNow();
  const notes = createLaneNotes(join(options.dataFolder, 'lane-notes.json'));
  closing.add(() => notes.close());
  let refresh = () => {};
  const delivery = createDelivery({
    log,
    meter,
    connector: registry.get,
    now,
    random: Math.random,
    credential: (destination) => credentialReading(vault, destination),
    refuseCredential: (destination, detail, revision) => vault.markRefused(destination, detail, revision),
    gate: pipeline.gate,
    bug: (error) => logger.error({ err: error }, 'bug in a lane'),
    notes,
    failover: failoverDeps(store, state.people, logger),
    laneOpened: () => refresh(),
  });
  closing.add(() => delivery.close(closeGraceMs));
  closing.add(vault.watch((destination) => delivery.credentialChanged(destination)));

  holdByFile(options, delivery, closing);
  closing.add(followForces(store, delivery));
  await delivery.apply(state.destinations());
  const switchboard = createSwitchboard({
    store,
    delivery,
    log,
    node,
    now,
    drainDeadlineMs: () => state.settings().drainDeadlineMs,
  });
  closing.add(() => switchboard.close());

  const routing = createRouting(
    store,
    registry,
    log,
    delivery.ordinals,
    pipeline.treatmentOf,
    state.limits.accounts.account,
    (flag, event) => isOn(flags(), flag, event),
  );
  refresh = routing.refresh;
  closing.add(pipeline.watch(routing.refresh, delivery.gatesChanged));
  closing.add(
    store.watch((documents) => {
      // At once, whatever a lane that is made anew waits for: who gets what is in force when the command is answered.
      if (documents.some(({ kind }) => kind === 'source' || kind === 'destination')) routing.refresh();
      if (documents.some(({ kind }) => kind === 'destination')) void delivery.apply(state.destinations()).then(routing.refresh);
    }),
  );
  return { delivery, switchboard, routing };
}

/** Parks what the hold file and the start flags name, before any lane exists. */
function holdByFile(options: GatewayOptions, delivery: Delivery, closing: Closing): void {
  const file = join(options.dataFolder, 'hold');
  const startedAt = Date.now();
  const holdFile = createHoldFile({
    file,
    now: Date.now,
    every: (ms, tick) => {
      const timer = setInterval(tick, ms);
      return () => clearInterval(timer);
    },
  });
  closing.add(() => holdFile.close());
  const flagged = options.parkAtStart.map((scope): Hold => ({ scope, stop: { why: 'parked by the start flag --park', since: startedAt } }));
  const apply = () => {
    const problem = holdFile.problems()[0];
    const why = problem ? `held by the file ${file}: ${problem}` : `held by the file ${file}`;
    const held = holdFile.holds().map((scope): Hold => ({ scope, stop: { why, since: holdFile.since() ?? startedAt } }));
    delivery.setHolds([...flagged, ...held]);
  };
  apply();
  closing.add(holdFile.watch(apply));
}
