/**
 * A crash with a large backlog: a million events wait for ten destinations when the gateway is killed. How long from
 * starting it again until the first of them is at a vendor, and how much memory it takes by then.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { caughtUpLedger, ledgerProblems, startGateway } from '#tests/support/bench/gateway.ts';
import { type BenchOptions, type BenchReport, note } from '#tests/support/bench/report.ts';
import { median, roundTo } from '#tests/support/bench/stats.ts';
import { fillBacklog, memoryOf } from './backlog.ts';
import { arrivalsAt, fleetConfig, fleetEnv, sinkCounts, startSink, totalOf } from './fleet.ts';

const destinations = 10;
/** Drains for this long after its first delivery: by then all message ids are known again. */
const drainsMs = 2000;

interface Recovery {
  readonly seconds: number;
  readonly readySeconds: number;
  readonly atFirstMB: number;
  readonly peakMB: number;
  readonly deliveredPerSecond: number;
}

export async function run({ quick }: BenchOptions): Promise<BenchReport> {
  const events = quick ? 100_000 : 1_000_000;
  const dataFolder = await mkdtemp(join(tmpdir(), 'sluice-recover-'));
  try {
    await using sink = await startSink(undefined, 65_536);
    const sinkUrl = String(sink.ready.url);
    const prepareSeconds = await prepare(sinkUrl, dataFolder, events);
    const recoveries: Recovery[] = [];
    for (let round = 0; round < (quick ? 2 : 6); round++) {
      recoveries.push(await recover(sinkUrl, dataFolder));
      note(`round ${round + 1}: ${JSON.stringify(recoveries.at(-1))}`);
    }
    const left = await finish(sinkUrl, dataFolder, events);
    const of = (name: keyof Recovery) => median(recoveries.map((one) => one[name]));
    return {
      name: 'recover',
      figures: [
        { id: 'seconds', value: roundTo(of('seconds'), 2), unit: 's', better: 'lower', must: 2, aim: 0.8 },
        { id: 'memoryMB', value: roundTo(of('atFirstMB'), 0), unit: 'MB', better: 'lower', must: 300, aim: 150 },
      ],
      rounds: recoveries.length,
      detail: {
        memory: 'resident, as the first delivery is at a vendor',
        peakWhileDrainingMB: roundTo(of('peakMB'), 0),
        peakCovers: `from start to ${drainsMs} ms after the first delivery`,
        secondsToReadyLine: roundTo(of('readySeconds'), 2),
        drainsPerSecond: Math.round(of('deliveredPerSecond')),
        each: recoveries,
        waitingAtTheEnd: left,
        prepareSeconds: roundTo(prepareSeconds, 1),
        pageCache: 'warm: the process was killed, not the machine',
      },
    };
  } finally {
    await rm(dataFolder, { recursive: true, force: true });
  }
}

/** Fills the log, parked, and kills the gateway. @returns seconds to fill it */
async function prepare(sinkUrl: string, dataFolder: string, events: number): Promise<number> {
  await using gateway = await start(sinkUrl, dataFolder, ['--park', 'everything']);
  const startedAt = performance.now();
  await fillBacklog(gateway.ingestUrl, events);
  const seconds = (performance.now() - startedAt) / 1000;
  note(`${events} events wait; took ${roundTo(seconds, 1)} s`);
  const problems = ledgerProblems(await caughtUpLedger(gateway, events), events);
  if (problems.length > 0) throw new Error(`void: ${problems.join('; ')}`);
  await gateway.server.stop('SIGKILL');
  return seconds;
}

const start = (sinkUrl: string, dataFolder: string, args: readonly string[]) =>
  startGateway({ config: fleetConfig(sinkUrl, destinations), env: fleetEnv, dataFolder, args, isReadyEnough: 'delivers' });

/** Starts it, flowing, and kills it again a moment after its first delivery. */
async function recover(sinkUrl: string, dataFolder: string): Promise<Recovery> {
  const before = totalOf(await sinkCounts(sinkUrl));
  const startedAt = performance.timeOrigin + performance.now();
  const started = performance.now();
  await using gateway = await start(sinkUrl, dataFolder, []);
  const readySeconds = (performance.now() - started) / 1000;
  while (totalOf(await sinkCounts(sinkUrl)) === before) await wait(5);
  const { nowMB } = memoryOf(gateway.server.pid);
  const countedAt = performance.now();
  await wait(drainsMs);
  const { peakMB } = memoryOf(gateway.server.pid);
  const delivered = totalOf(await sinkCounts(sinkUrl)) - before;
  const drainedFor = (performance.now() - countedAt) / 1000;
  await gateway.server.stop('SIGKILL');
  const firsts = await Promise.all(
    Array.from({ length: destinations }, async (_, index) => (await arrivalsAt(sinkUrl, `d${index}`, startedAt))[0]?.at),
  );
  const first = Math.min(...firsts.flatMap((at) => at ?? []));
  const round = (value: number) => roundTo(value, 3);
  return {
    seconds: round((first - startedAt) / 1000),
    readySeconds: round(readySeconds),
    atFirstMB: round(nowMB),
    peakMB: round(peakMB),
    deliveredPerSecond: Math.round(delivered / drainedFor),
  };
}

/** After all the kills nothing may be missing. @returns events that still wait for the first destination */
async function finish(sinkUrl: string, dataFolder: string, events: number): Promise<number> {
  await using gateway = await start(sinkUrl, dataFolder, ['--park', 'everything']);
  const ledger = await gateway.ledger();
  const problems = ledger.ledgers
    .filter((one) => !one.balanced || one.total !== events)
    .map((one) => `${one.destination}: ${one.violations.join('; ')}`);
  if (problems.length > 0) throw new Error(`void: ${problems.join('; ')}`);
  return ledger.ledgers[0]?.states.waiting ?? 0;
}
