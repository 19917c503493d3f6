/**
 * A million dead letters replayed: is the pace kept, and does memory stay flat? The letters are settled straight into the
 * log before the gateway starts, because a million refusals would take longer than what is measured.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openSqliteLog } from '#gateway/log/sqlite-log.ts';
import { type BenchGateway, caughtUpLedger, ledgerProblems, startGateway } from '#tests/support/bench/gateway.ts';
import { type BenchOptions, type BenchReport, note } from '#tests/support/bench/report.ts';
import { median, roundTo } from '#tests/support/bench/stats.ts';
import { connectControl } from '#tests/support/gateway/control-client.ts';
import { fillBacklog, memoryOf } from './backlog.ts';
import { startSink, writeKey } from './fleet.ts';

const vendor = 'mixpanel.d0';
const env = { BENCH_USER: 'bench', BENCH_SECRET: 'bench' };
const sampleEveryMs = 250;
/** The pace is judged over windows of this length, ms: what an operator sees, beyond single batches. */
const windowMs = 10_000;
/** The first part is left out of both figures: connections open, the heap finds its size. */
const warmUpShare = 0.1;
const letterPage = 4096;

interface Sample {
  /** ms since the start of the replay. */
  readonly at: number;
  readonly events: number;
  readonly memoryMB: number;
}

export async function run({ quick }: BenchOptions): Promise<BenchReport> {
  const events = quick ? 60_000 : 1_000_000;
  const pacePerSecond = quick ? 2000 : 5000;
  const dataFolder = await mkdtemp(join(tmpdir(), 'sluice-replay-'));
  try {
    await using sink = await startSink();
    const sinkUrl = String(sink.ready.url);
    await prepare(sinkUrl, dataFolder, events);
    const samples = await replay(sinkUrl, dataFolder, events, pacePerSecond);
    const warm = samples.filter(({ events: seen }) => seen >= events * warmUpShare);
    const errors = paceErrors(warm, pacePerSecond);
    const memory = memoryOver(warm);
    return {
      name: 'replay',
      figures: [
        { id: 'paceError', value: roundTo(Math.max(...errors) * 100, 2), unit: '%', better: 'lower', must: 10, aim: 3 },
        { id: 'memoryGrowth', value: roundTo(memory.growth, 1), unit: 'MB', better: 'lower', must: 50, aim: 10 },
      ],
      rounds: 1,
      detail: {
        events,
        pacePerSecond,
        windows: errors.length,
        medianPaceErrorPercent: roundTo(median(errors) * 100, 2),
        overallPerSecond: Math.round(overallRate(warm)),
        memoryAtFirstMB: roundTo(memory.first, 0),
        memoryAtLastMB: roundTo(memory.last, 0),
        pace: `events at the vendor in any ${windowMs / 1000} s, after the first ${warmUpShare * 100} %`,
        memory: 'resident memory of the gateway: the highest of all tenths of the replay, less the first tenth after warming up',
      },
    };
  } finally {
    await rm(dataFolder, { recursive: true, force: true });
  }
}

const start = (sinkUrl: string, dataFolder: string, args: readonly string[]) =>
  startGateway({
    config: {
      sources: [{ id: 'bench', writeKey }],
      destinations: [
        {
          id: 'd0',
          connector: 'mixpanel',
          endpoint: `${sinkUrl}/${vendor}`,
          settings: { projectId: '1' },
          credential: { env: { username: 'BENCH_USER', secret: 'BENCH_SECRET' } },
          delivery: { batchSize: 200, batchWaitMs: 20 },
        },
      ],
    },
    env,
    dataFolder,
    args,
  });

/** Fills the log, and makes a dead letter of every event. */
async function prepare(sinkUrl: string, dataFolder: string, events: number): Promise<void> {
  {
    await using gateway = await start(sinkUrl, dataFolder, ['--park', 'everything']);
    await fillBacklog(gateway.ingestUrl, events);
    const problems = ledgerProblems(await caughtUpLedger(gateway, events), events);
    if (problems.length > 0) throw new Error(`void: ${problems.join('; ')}`);
  }
  const opened = await openSqliteLog({
    folder: dataFolder,
    diskBudgetBytes: 20 * 1024 ** 3,
    dedupeWindowMs: 3_600_000,
    dedupeMaxEntries: 1_000,
    retentionMs: 7 * 86_400_000,
  });
  if (!opened.ok) throw new Error(opened.error.code);
  const log = opened.value;
  const { epoch, cursor } = await log.open('d0');
  for (let after = cursor; ; ) {
    const page = await log.readDisk('d0', after, { events: letterPage, bytes: 64 * 1024 * 1024 });
    if (page.through === after) break;
    const sidePut = page.records.map(({ seq }) => ({
      seq,
      gen: 0,
      state: 'dead' as const,
      attempt: 12,
      dueAt: log.now() - 1000,
      class: 'rejected',
      detail: 'HTTP 400: unknown currency',
      name: 'Order Completed',
    }));
    await log.settle({ destination: 'd0', epoch, cursor: page.through, sidePut, sideRemove: [], heldSet: [], heldClear: [], tally: {} });
    after = page.through;
  }
  await log.close();
  note(`${events} dead letters are ready`);
}

async function replay(sinkUrl: string, dataFolder: string, events: number, pacePerSecond: number): Promise<readonly Sample[]> {
  await using gateway = await start(sinkUrl, dataFolder, []);
  await using control = connectControl(gateway.controlUrl, gateway.token);
  const before = await eventsAt(sinkUrl);
  const selection = { type: 'deadLetters' } as const;
  const { id, preview } = await control.call('replay.start', { destination: 'd0', selection, pacePerSecond, reason: 'bench' });
  if (preview.selected !== events) throw new Error(`void: ${preview.selected} of ${events} dead letters are selected`);
  const startedAt = performance.now();
  const samples: Sample[] = [];
  for (let seen = 0; seen < events; ) {
    await wait(sampleEveryMs);
    seen = (await eventsAt(sinkUrl)) - before;
    samples.push({ at: performance.now() - startedAt, events: seen, memoryMB: memoryOf(gateway.server.pid).nowMB });
    if (samples.length % 40 === 0) note(`${seen} of ${events}, ${roundTo(samples.at(-1)?.memoryMB ?? 0, 0)} MB`);
  }
  await ended(control, id ?? '');
  await check(gateway, sinkUrl, events);
  return samples;
}

async function ended(control: ReturnType<typeof connectControl>, id: string): Promise<void> {
  for (;;) {
    const { replays } = await control.call('replay.list', {});
    const own = replays.find(({ reading }) => reading.id === id)?.reading;
    if (own?.state === 'failed') throw new Error('void: the replay failed');
    if (own?.state === 'done') return;
    await wait(50);
  }
}

/** Every event once, and a ledger that balances: anything else is void. */
async function check(gateway: BenchGateway, sinkUrl: string, events: number): Promise<void> {
  const { ledgers } = await gateway.ledger();
  const { events: arrived = 0, rejected = 0 } = await countersAt(sinkUrl);
  const one = ledgers[0];
  const delivered = (one?.states.confirmed ?? 0) + (one?.states.accepted ?? 0);
  if (!one?.balanced || delivered !== events || arrived !== events || rejected > 0)
    throw new Error(`void: ${arrived} arrived, ${rejected} refused, ${delivered} delivered of ${events}; ${one?.violations.join('; ')}`);
}

async function countersAt(sinkUrl: string): Promise<Readonly<Record<string, number>>> {
  const counters = (await (await fetch(`${sinkUrl}/_counters`)).json()) as Record<string, Record<string, number>>;
  return counters[vendor] ?? {};
}

const eventsAt = async (sinkUrl: string) => (await countersAt(sinkUrl)).events ?? 0;

/** How far off the pace each window was, 0..1. The last samples, in which the letters run out, begin none. */
function paceErrors(samples: readonly Sample[], pacePerSecond: number): readonly number[] {
  const errors: number[] = [];
  for (const [index, from] of samples.entries()) {
    const to = samples.slice(index).find(({ at }) => at >= from.at + windowMs);
    if (!to || to === samples.at(-1)) break;
    errors.push(Math.abs((to.events - from.events) / ((to.at - from.at) / 1000) / pacePerSecond - 1));
  }
  if (errors.length === 0) throw new Error('void: the replay was over before a window was');
  return errors;
}

function overallRate(samples: readonly Sample[]): number {
  const [first, last] = [samples[0], samples.at(-2)];
  return first && last ? ((last.events - first.events) / (last.at - first.at)) * 1000 : 0;
}

function memoryOver(samples: readonly Sample[]): { readonly first: number; readonly last: number; readonly growth: number } {
  const size = Math.max(1, Math.floor(samples.length / 10));
  const tenths = Array.from({ length: Math.floor(samples.length / size) }, (_, index) =>
    median(samples.slice(index * size, (index + 1) * size).map(({ memoryMB }) => memoryMB)),
  );
  const [first = 0] = tenths;
  return { first, last: tenths.at(-1) ?? 0, growth: Math.max(0, Math.max(...tenths) - first) };
}
