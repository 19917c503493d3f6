/** Drills in a node: who may be broken, the record as documents, and the three operations. */
import { type Drill, type DrillKind, drillKinds } from '#contract/documents/drill.ts';
import { type AppError, appError } from '#contract/errors.ts';
import type { OutputOf, ParsedInputOf } from '#contract/operation.ts';
import { drillStart, drillStop } from '#contract/operations/drills.ts';
import type { Operations } from '#contract/operations/index.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { CallContext } from '#contract/service.ts';
import { auditDenial, runCommand } from '#gateway/control/commands/run-command.ts';
import { createFault, type Target, targetOf } from '#gateway/drills/fault.ts';
import { kindsOfDrill } from '#gateway/drills/kinds.ts';
import { createDrillRunner, type DrillRunner, longestBrokenMs } from '#gateway/drills/runner.ts';
import type { Scene } from '#gateway/drills/signs.ts';
import { createSimulatorClient } from '#gateway/drills/simulator-client.ts';
import type { Telemetry } from '#gateway/telemetry/telemetry.ts';
import type { Verdicts } from '#gateway/verdict/verdicts.ts';
import type { Closing } from './closing.ts';
import type { Logger } from './logger.ts';
import type { NodeState } from './state.ts';

type Output<N extends keyof Operations> = Promise<Result<OutputOf<Operations[N]>>>;
type Input<N extends keyof Operations> = ParsedInputOf<Operations[N]>;

export interface DrillHandlers {
  'drill.list'(input: Input<'drill.list'>): Output<'drill.list'>;
  'drill.start'(input: Input<'drill.start'>, context: CallContext): Output<'drill.start'>;
  'drill.stop'(input: Input<'drill.stop'>, context: CallContext): Output<'drill.stop'>;
}

export interface DrillDeps {
  readonly state: NodeState;
  readonly telemetry: Pick<Telemetry, 'observe' | 'latest'>;
  readonly verdicts: Pick<Verdicts, 'read'>;
  /** Part of a console that starts it again when it ends. */
  readonly isEmbedded: boolean;
  readonly logger: Logger;
  readonly closing: Closing;
}

/** The answer to whoever asked for it leaves before the process ends. */
const killAfterMs = 300;

/** Opens the drills; ends what an earlier process left in the middle. */
export function openDrills(deps: DrillDeps): DrillHandlers {
  const { state, telemetry, logger, closing } = deps;
  const { store, vault, log } = state;
  const simulator = createSimulatorClient();
  const runner = createDrillRunner({
    now: () => log.now(),
    scene: () => sceneOf(deps),
    write(id, drill, what, why) {
      const attribution = { by: 'system', action: `drill.${what}`, target: `drill/${id}`, reason: why.slice(0, 500), commandId: null };
      const written = store.commit([{ kind: 'drill', id, value: drill }], attribution);
      if (!written.ok) logger.warn({ code: written.error.code }, 'a drill could not be written down');
    },
    bug: (error) => logger.error({ err: error }, 'bug in a drill'),
  });
  endLeftovers(deps, runner);
  closing.add(telemetry.observe(() => runner.tick()));
  closing.add(async () => {
    const id = runner.running();
    if (id !== null) await runner.stop(id, 'the gateway was stopped');
  });
  const faults = {
    simulator,
    disk: state.disk,
    forgiveCredential: (destination: string) => vault.markWorking(destination),
    kill: () => void setTimeout(() => process.kill(process.pid, 'SIGKILL'), killAfterMs),
  };
  /** Destinations at the simulator. DRILL_IMPOSSIBLE, DRILL_SIMULATOR_FAILED. */
  async function targets(): Promise<Result<readonly Target[]>> {
    const { simulator: base } = state.settings();
    if (base === undefined) return impossible('no vendor simulator is set in the gateway settings');
    const origins = await simulator.origins(base);
    if (!origins.ok) return origins;
    const all = [...state.destinations()].flatMap(([id, destination]) => targetOf(id, destination, origins.value) ?? []);
    return all.length > 0 ? ok(all) : impossible('no destination is at the vendor simulator');
  }
  return handlersOf(deps, runner, targets, (kind, chosen) => createFault(kind, state.settings().simulator ?? '', chosen, faults));
}

type Targets = () => Promise<Result<readonly Target[]>>;

function handlersOf(
  deps: DrillDeps,
  runner: DrillRunner,
  targets: Targets,
  faultFor: (kind: DrillKind, targets: readonly Target[]) => ReturnType<typeof createFault>,
): DrillHandlers {
  const { store, log } = deps.state;
  return {
    async 'drill.list'({ limit }) {
      const found = await targets();
      const at = (kind: DrillKind) => refusalOf(deps, kind, found);
      const drills = store
        .list('drill')
        .flatMap(({ id, by, value }) => (value === null ? [] : [{ id, by, drill: value }]))
        .toSorted((a, b) => b.drill.startedAt - a.drill.startedAt)
        .slice(0, limit)
        .map(({ id, drill }) => ({ id, by: whoStarted(deps, id), drill }));
      return ok({
        kinds: drillKinds.map((kind) => {
          const { title, what, breaks } = kindsOfDrill[kind];
          const refusal = at(kind);
          return { kind, title, what, needsDestination: breaks === 'one', refusal: refusal === null ? null : wordsOf(refusal) };
        }),
        destinations: found.ok ? found.value.map(({ id }) => id) : [],
        running: runner.running(),
        drills,
      });
    },

    async 'drill.start'(input, context) {
      const { kind } = input;
      const found = kindsOfDrill[kind].breaks === 'gateway' ? ok([]) : await targets();
      const chosen = choose(deps, input, found);
      const touches = chosen.ok ? touchedBy(deps, kind, chosen.value) : [];
      const startedAt = log.now();
      const id = `${kind}-${startedAt.toString(36)}`;
      const answer = runCommand(store, input, context, {
        operation: drillStart,
        target: `drill/${kind}${input.destination === undefined ? '' : `/${input.destination}`}`,
        plan() {
          if (!chosen.ok) return chosen;
          if (runner.running() !== null) return err(appError('DRILL_RUNNING', { running: runner.running() }));
          return ok({ changes: [{ kind: 'drill', id, value: newDrill(input, touches, startedAt) }] });
        },
        answer: (documents) => ({
          id: documents[0]?.id ?? id,
          revision: documents[0]?.revision ?? 0,
          touches: [...touches],
          longestMs: longestBrokenMs,
        }),
      });
      const isNew = answer.ok && !input.dryRun && answer.value.id === id && chosen.ok;
      if (!isNew) return answer;
      const begun = await runner.begin(id, newDrill(input, touches, startedAt), faultFor(kind, chosen.value));
      return begun.ok ? answer : begun;
    },

    async 'drill.stop'({ id, dryRun, reason = '' }, context) {
      const revision = () => store.get('drill', id)?.revision ?? 0;
      if (runner.running() !== id) return err(appError('DOCUMENT_NOT_FOUND', { kind: 'drill', id, why: 'it does not run' }));
      if (dryRun) return ok({ revision: revision() + 1 });
      const attribution = { by: context.by, action: drillStop.name, target: `drill/${id}`, reason, commandId: context.commandId };
      const noted = store.note(attribution, 'applied');
      if (!noted.ok) return noted;
      const stopped = await runner.stop(id, `stopped by ${context.by}${reason === '' ? '' : `: ${reason}`}`);
      if (!stopped.ok) auditDenial(store, attribution, stopped.error);
      return stopped.ok ? ok({ revision: revision() }) : stopped;
    },
  };
}

function newDrill({ kind, destination }: Input<'drill.start'>, touches: readonly string[], startedAt: number): Drill {
  return {
    kind,
    destination: destination ?? null,
    touches: [...touches],
    phase: 'breaking',
    outcome: null,
    startedAt,
    brokenAt: null,
    detectedAt: null,
    detectedBy: '',
    liftedAt: null,
    recoveredAt: null,
    endedAt: null,
    note: '',
  };
}

/** Why a drill of this kind cannot be run at all here; null where it can. */
function refusalOf({ state, isEmbedded }: DrillDeps, kind: DrillKind, found: Result<readonly Target[]>): AppError | null {
  if (state.settings().environment === 'production') return appError('DRILL_FORBIDDEN');
  if (kind === 'killed-gateway' && !isEmbedded)
    return appError('DRILL_IMPOSSIBLE', { why: 'only a gateway that a console has started comes back by itself' });
  return kindsOfDrill[kind].breaks === 'gateway' || found.ok ? null : found.error;
}

/** Who is to be broken. */
function choose(deps: DrillDeps, { kind, destination }: Input<'drill.start'>, found: Result<readonly Target[]>): Result<readonly Target[]> {
  const refusal = refusalOf(deps, kind, found);
  if (refusal !== null) return err(refusal);
  const { breaks } = kindsOfDrill[kind];
  if (breaks !== 'one' && destination !== undefined)
    return err(appError('INPUT_INVALID', { destination: 'this drill names no destination' }));
  if (breaks === 'all') return wellOf(deps, found);
  if (breaks === 'gateway') return found;
  if (destination === undefined) return err(appError('INPUT_INVALID', { destination: 'name the destination to break' }));
  const target = found.ok ? found.value.find(({ id }) => id === destination) : undefined;
  if (target === undefined) return impossible(`${destination} is not at the vendor simulator`);
  if (kind === 'revoked-credential' && deps.state.vault.credentialFor(destination).state !== 'present')
    return impossible(`${destination} has no credential in use that could be revoked`);
  return wellOf(deps, ok([target]));
}

/** Those of them that are well: over trouble that is there already nobody could tell what the drill did. */
function wellOf(deps: DrillDeps, found: Result<readonly Target[]>): Result<readonly Target[]> {
  if (!found.ok) return found;
  const well = wellNow(deps);
  const targets = found.value.filter(({ id }) => well.has(id));
  return targets.length > 0
    ? ok(targets)
    : impossible('what it would break is in trouble already, or stopped: wait until its verdict is fine');
}

function wellNow({ telemetry, verdicts }: DrillDeps): ReadonlySet<string> {
  const fine = new Set(verdicts.read().flatMap(({ destination, verdict }) => (verdict === 'fine' ? [destination] : [])));
  return new Set(telemetry.latest().destinations.flatMap(({ id, state }) => (state === 'flowing' && fine.has(id) ? [id] : [])));
}

/** Destinations to look at: those that are broken, or all that are well now where it is the gateway that dies. A full disk stops no lane. */
function touchedBy(deps: DrillDeps, kind: DrillKind, chosen: readonly Target[]): readonly string[] {
  if (kind === 'full-disk') return [];
  return kind === 'killed-gateway' ? [...wellNow(deps)] : chosen.map(({ id }) => id);
}

function sceneOf({ state, telemetry, verdicts }: DrillDeps): Scene | null {
  const tick = telemetry.latest();
  // The tick of a start tells how things stand; nothing was measured yet.
  if (tick.windowMs === 0) return null;
  const told = verdicts.read().map(({ destination, verdict, line }) => [destination, { verdict, line }] as const);
  return {
    at: tick.at,
    lanes: new Map(tick.destinations.map((lane) => [lane.id, lane])),
    verdicts: new Map(told),
    refusal: state.log.refusal()?.message ?? null,
  };
}

/** A drill that is not done although nobody runs it: the process before ended in its middle. */
function endLeftovers({ state, logger }: DrillDeps, runner: DrillRunner): void {
  const { store, log } = state;
  const attribution = (id: string, what: string) => ({
    by: 'system',
    action: `drill.${what}`,
    target: `drill/${id}`,
    reason: '',
    commandId: null,
  });
  for (const { id, value } of store.list('drill')) {
    if (value === null || value.phase === 'done') continue;
    const wasItself = value.kind === 'killed-gateway' && value.brokenAt !== null && value.phase === 'breaking';
    const at = Math.max(value.brokenAt ?? 0, Math.min(Math.round(performance.timeOrigin), log.now()));
    const drill: Drill = wasItself
      ? { ...value, phase: 'recovering', detectedAt: at, detectedBy: 'whoever looks after the gateway started it again', liftedAt: at }
      : {
          ...value,
          phase: 'done',
          outcome: 'aborted',
          endedAt: log.now(),
          note: 'the gateway ended in the middle; its faults end by themselves',
        };
    const written = store.commit([{ kind: 'drill', id, value: drill }], attribution(id, wasItself ? 'lifted' : 'ended'));
    if (!written.ok) logger.warn({ code: written.error.code }, 'a drill could not be written down');
    if (wasItself) runner.goOn(id, drill);
  }
}

/** By whom the first revision was written: later ones are the gateway's. */
function whoStarted({ state }: DrillDeps, id: string): string {
  return state.store.history('drill', id, 100).at(-1)?.by ?? 'system';
}

function impossible(why: string): Result<never> {
  return err(appError('DRILL_IMPOSSIBLE', { why }));
}

function wordsOf({ message, details }: AppError): string {
  return typeof details?.why === 'string' ? `${message} ${details.why}` : message;
}
