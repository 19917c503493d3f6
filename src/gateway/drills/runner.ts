/**
 * Runs one drill at a time, with the ticks as its clock.
 *
 *   breaking ──first sign, and 10 s──▶ lift ──▶ recovering ──all as before──▶ done: passed
 *      │ no sign within 60 s ──▶ lift, undetected      │ not within 3 min ──▶ done: unrecovered
 *      └── stopped, or the gateway closes ──▶ lift ──▶ done: aborted
 *
 * The document says how far it is, so that whatever happens to this process nobody waits for a drill that is no more.
 */
import type { Drill, DrillOutcome } from '#contract/documents/drill.ts';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { type Fault, renewEveryMs } from './fault.ts';
import { casualties, firstSign, notBack, type Scene } from './signs.ts';

/** The fault stays at least so long, so that its traces show; at most so long where nobody notices it, ms. */
export const leastBrokenMs = 10_000;
export const longestBrokenMs = 60_000;
export const longestRecoveryMs = 180_000;

export interface RunnerDeps {
  /** Epoch ms; the clock that the record is written by. */
  now(): number;
  scene(): Scene | null;
  /** Writes the record. `what`: for the audit; `why`: in words. */
  write(id: string, drill: Drill, what: 'broken' | 'detected' | 'lifted' | 'ended', why: string): void;
  bug(error: unknown): void;
}

export interface DrillRunner {
  /** Id of the drill that runs now. */
  running(): string | null;
  /** Breaks what is to be broken and follows it from there. */
  begin(id: string, drill: Drill, fault: Fault): Promise<Result<void>>;
  /** Goes on where the process before was killed by the drill itself: the fault is over, what remains is to recover. */
  goOn(id: string, drill: Drill): void;
  /** One second passed. */
  tick(): void;
  /** Lifts the fault and ends the drill. DOCUMENT_NOT_FOUND where it does not run. */
  stop(id: string, why: string): Promise<Result<void>>;
}

interface Running {
  readonly id: string;
  readonly fault: Fault;
  /** As it was; null where the process that knew is gone. */
  readonly before: Scene | null;
  drill: Drill;
  renewedAt: number;
  /** The step being made; one at a time, because it may wait for the simulator. */
  step: Promise<void> | null;
  isOver: boolean;
}

const emptyScene: Scene = { at: 0, lanes: new Map(), verdicts: new Map(), refusal: null };

export function createDrillRunner(deps: RunnerDeps): DrillRunner {
  const { now } = deps;
  let current: Running | null = null;

  function start(id: string, drill: Drill, fault: Fault, before: Scene | null): Running {
    const run: Running = { id, fault, before, drill, renewedAt: now(), step: null, isOver: false };
    current = run;
    return run;
  }

  function make(run: Running, step: () => Promise<void>): Promise<void> {
    run.step = step()
      .catch(deps.bug)
      .finally(() => {
        run.step = null;
      });
    return run.step;
  }

  async function tick(run: Running): Promise<void> {
    const scene = deps.scene();
    if (scene === null) return;
    if (run.drill.phase === 'breaking') await whileBroken(deps, run, scene);
    else if (hasEnded(deps, run, scene)) current = null;
  }

  return {
    running: () => current?.id ?? null,
    async begin(id, drill, fault) {
      const run = start(id, drill, fault, deps.scene() ?? emptyScene);
      let broken: Result<void> = ok(undefined);
      await make(run, async () => {
        write(deps, run, { brokenAt: now() }, 'broken', '');
        broken = await fault.hold();
        if (broken.ok) return;
        await fault.lift();
        current = null;
        end(deps, run, 'aborted', String(broken.error.details?.why ?? broken.error.message));
      });
      return broken;
    },
    goOn(id, drill) {
      start(id, drill, nothing, null);
    },
    tick() {
      const run = current;
      if (run !== null && run.step === null) void make(run, () => tick(run));
    },
    async stop(id, why) {
      const run = current;
      if (run === null || run.id !== id) return err(appError('DOCUMENT_NOT_FOUND', { kind: 'drill', id, why: 'it does not run' }));
      // From here on no tick goes on with it; one that goes on now must not break anew what is lifted below.
      current = null;
      await run.step;
      if (run.isOver) return ok(undefined);
      if (run.drill.phase === 'breaking') await lift(deps, run);
      end(deps, run, 'aborted', why);
      return ok(undefined);
    },
  };
}

function write(
  { write: put }: RunnerDeps,
  run: Running,
  change: Partial<Drill>,
  what: Parameters<RunnerDeps['write']>[2],
  why: string,
): void {
  run.drill = { ...run.drill, ...change };
  put(run.id, run.drill, what, why);
}

async function lift(deps: RunnerDeps, run: Running): Promise<void> {
  const problem = await run.fault.lift();
  write(deps, run, { phase: 'recovering', liftedAt: deps.now(), note: problem }, 'lifted', problem);
}

async function whileBroken(deps: RunnerDeps, run: Running, scene: Scene): Promise<void> {
  const { now } = deps;
  const { detectedAt, brokenAt, touches } = run.drill;
  const sign = detectedAt === null ? firstSign(run.before ?? emptyScene, scene, touches) : null;
  if (sign !== null) write(deps, run, { detectedAt: now(), detectedBy: sign }, 'detected', sign);
  const brokenMs = now() - (brokenAt ?? now());
  if (brokenMs >= longestBrokenMs || (run.drill.detectedAt !== null && brokenMs >= leastBrokenMs)) return lift(deps, run);
  if (now() - run.renewedAt < renewEveryMs) return;
  run.renewedAt = now();
  await run.fault.hold();
}

/** Whether all is as before, or has had its time. */
function hasEnded(deps: RunnerDeps, run: Running, scene: Scene): boolean {
  const { liftedAt, detectedAt, touches } = run.drill;
  const open = notBack(run.before, scene, touches, liftedAt ?? 0);
  if (open.length === 0) {
    run.drill = { ...run.drill, recoveredAt: deps.now() };
    end(deps, run, detectedAt === null ? 'undetected' : 'passed', detectedAt === null ? 'no sign that an operator would see' : '');
    return true;
  }
  if (deps.now() - (liftedAt ?? 0) < longestRecoveryMs) return false;
  end(deps, run, 'unrecovered', open.slice(0, 5).join('; '));
  return true;
}

function end(deps: RunnerDeps, run: Running, outcome: DrillOutcome, why: string): void {
  run.isOver = true;
  const scene = deps.scene();
  const dead = run.before === null || scene === null ? '' : casualties(run.before, scene, run.drill.touches);
  const note = [run.drill.note, why, dead].filter((part) => part !== '').join('; ');
  write(deps, run, { phase: 'done', outcome, endedAt: deps.now(), note }, 'ended', note);
}

const nothing: Fault = { hold: async () => ok(undefined), lift: async () => '' };
