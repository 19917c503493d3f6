import { setTimeout as wait } from 'node:timers/promises';
import { type Drill, type DrillKind, drillKinds, drillTimes } from '#contract/documents/drill.ts';
import { type AppError, appError } from '#contract/errors.ts';
import { operations } from '#contract/operations/index.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { callOnce } from '../connection.ts';
import { table } from '../print/table.ts';
import { duration, time } from '../print/units.ts';
import { type Cli, type ExitCode, exitCode, fail, isUnreachable, misuse, show } from '../report.ts';

/** A drill changes at the pace of ticks: once a second. */
const lookEveryMs = 1000;
/** Longer than any drill takes; only a drill of the gateway itself leaves it unreachable for a while. */
const longestMs = 5 * 60_000;

type Known = { readonly id: string; readonly drill: Drill };

/** `sluice drill list`: what can be rehearsed here, and what the past ones showed. */
export async function runDrillList(cli: Cli): Promise<ExitCode> {
  const outcome = await callOnce(cli, operations['drill.list'], { limit: 20 });
  if (!outcome.ok) return fail(cli, outcome.error);
  const { kinds, destinations, drills } = outcome.value;
  return show(cli, outcome.value, () =>
    [
      table(
        ['kind', 'breaks', 'can be run'],
        kinds.map(({ kind, what, refusal }) => [kind, what, refusal ?? 'yes']),
      ),
      `Destinations that a drill may break: ${destinations.length === 0 ? 'none' : destinations.join(', ')}`,
      ...(drills.length === 0 ? [] : ['', table(['drill', 'outcome', 'detected', 'recovered', 'started'], drills.map(rowOf))]),
    ].join('\n'),
  );
}

function rowOf({ id, drill }: Known): string[] {
  const { toDetectMs, toRecoverMs } = drillTimes(drill);
  return [id, drill.outcome ?? drill.phase, orDash(toDetectMs), orDash(toRecoverMs), time(drill.startedAt)];
}

function orDash(ms: number | null): string {
  return ms === null ? '-' : duration(ms);
}

export interface DrillArguments {
  readonly kind: string;
  readonly destination?: string | undefined;
  readonly reason?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

/** `sluice drill <kind>`: starts one and follows it to its end; exits with 1 unless it passed. */
export async function runDrill(cli: Cli, { kind: name, destination, reason, dryRun }: DrillArguments): Promise<ExitCode> {
  const kind = drillKinds.find((each) => each === name);
  if (kind === undefined) return misuse(cli, `There is no drill “${name}”. There are: ${drillKinds.join(', ')}.`);
  const started = await callOnce(cli, operations['drill.start'], { kind, destination, reason, dryRun });
  if (!started.ok) return fail(cli, started.error);
  const { touches, longestMs: brokenMs } = started.value;
  if (dryRun) return show(cli, started.value, () => `Would break ${whom(kind, touches)} for at most ${duration(brokenMs)}.`);
  cli.io.err(`${started.value.id}: breaking ${whom(kind, touches)} for at most ${duration(brokenMs)}\n`);
  const ended = await follow(cli, started.value.id);
  if (!ended.ok) return fail(cli, ended.error);
  const { drill } = ended.value;
  await show(cli, { ...ended.value, ...drillTimes(drill) }, () => endText(drill));
  return drill.outcome === 'passed' ? exitCode.ok : exitCode.failed;
}

function whom(kind: DrillKind, touches: readonly string[]): string {
  return touches.length === 0 || kind === 'killed-gateway' ? 'the gateway' : touches.join(', ');
}

/** Looks until it is over, and says what happens meanwhile. A gateway that is killed for the drill is waited for. */
async function follow(cli: Cli, id: string): Promise<Result<Known>> {
  const said = new Set<string>();
  const say = (text: string) => {
    if (!said.has(text)) cli.io.err(`${text}\n`);
    said.add(text);
  };
  let problem: AppError | null = null;
  for (const until = cli.io.now() + longestMs; cli.io.now() < until; await wait(lookEveryMs)) {
    const listed = await callOnce(cli, operations['drill.list'], { limit: 200 });
    if (!listed.ok) {
      problem = listed.error;
      if (!isUnreachable(problem)) return listed;
      say('the gateway does not answer');
      continue;
    }
    const known = listed.value.drills.find((each) => each.id === id);
    if (known === undefined) continue;
    const { detectedAt, detectedBy, liftedAt, phase } = known.drill;
    if (detectedAt !== null) say(`noticed by: ${detectedBy}`);
    if (liftedAt !== null) say('put right; recovering');
    if (phase === 'done') return ok(known);
  }
  return problem === null ? err(appError('PEER_DEADLINE', { drill: id })) : err(problem);
}

function endText(drill: Drill): string {
  const { toDetectMs, toRecoverMs } = drillTimes(drill);
  return [
    `${drill.kind}: ${drill.outcome ?? drill.phase}`,
    `time to detect:  ${toDetectMs === null ? 'not noticed' : `${duration(toDetectMs)} (${drill.detectedBy})`}`,
    `time to recover: ${toRecoverMs === null ? 'not recovered' : duration(toRecoverMs)}`,
    ...(drill.note === '' ? [] : [drill.note]),
  ].join('\n');
}
