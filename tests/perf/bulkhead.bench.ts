/**
 * One of eight destinations hangs, then answers 500, then takes 30 s a call: what does that do to the other seven?
 *
 * Two gateways, X and Y. The eighth destination of each listens to a source of its own, beside which the load may go: then
 * the seven have the same work, and whatever the troubled lane costs at all counts against us. In the first half
 * X is in trouble and Y free, in the second the other way round, so that what one process has over the other by chance
 * cancels out. The control is the same with both free.
 *
 * A shared machine stalls now and then, for whoever is being looked at. So throughput is the better quartile over many
 * short looks, and the tail is taken over the calmer half of them together: stalls do not reach these. How many looks were
 * hit is told beside it. The gateways' files lie in memory: on a shared disk the tail of the control alone differed by 20 %
 * from run to run. What durability costs is `ingest` and `deliver`'s to say.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { watchCpu } from '#tests/support/bench/cpu.ts';
import { type BenchGateway, ledgerProblems, memoryFolder, startGateway } from '#tests/support/bench/gateway.ts';
import { openLoop } from '#tests/support/bench/open-loop.ts';
import { type BenchOptions, type BenchReport, note } from '#tests/support/bench/report.ts';
import { percentile, roundTo } from '#tests/support/bench/stats.ts';
import type { DialInput } from '#tests/support/simulator/dial.ts';
import { arrivalsAt, createGun, type EventGun, fleetConfig, fleetEnv, sinkCounts, startSink } from './fleet.ts';

const others = ['d1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7'];
const troubledId = 'd0';
const troubled = `webhook.${troubledId}`;
/** Longer than the slowest call, so that it is slow and not timed out. */
const timeoutMs = 40_000;
const serverCore = 0;
const loadCore = 1;
/** Share of what it can deliver, for the tails. */
const loadShare = 0.3;
/** A look whose p99 is so many times that of the calmer half was hit by a stall. */
const stallFactor = 3;
/** Share of the CPU that others may take during a look; beyond it the look is taken again. */
const foreignLimit = 0.06;
const triesALook = 2;
/** In a message id, before the time at which it was due, epoch µs. */
const dueMark = '_due_';
/** All eight want what `all` sends; the eighth does not want what `seven` sends. */
const writeKeys = { all: 'bench-write-key-all', seven: 'bench-write-key-seven' };

type Trouble = Omit<DialInput, 'vendor'>;
const troubles: readonly (readonly [string, Trouble | null])[] = [
  ['control', null],
  ['hangs', { failure: 'hang' }],
  ['answers 500', { failure: '500' }],
  ['takes 30 s', { failure: 'slow', delayMs: 30_000 }],
];

interface Subject {
  readonly gateway: BenchGateway;
  readonly sinkUrl: string;
  readonly guns: Readonly<Record<keyof typeof writeKeys, EventGun>>;
}
/** One short look at the seven. */
interface Look {
  /** Deliveries a second in a closed loop. */
  readonly perSecond: number;
  /** From scheduled send to vendor in an open one. */
  readonly latenciesMs: readonly number[];
  readonly p99Ms: number;
}
/** Percent; positive is more throughput, or a longer tail. */
interface Change {
  readonly throughput: number;
  readonly p99: number;
  /** Looks with a stall, of those in trouble and of those free. */
  readonly stalled: readonly [number, number];
  readonly isQuiet: boolean;
}
interface Load {
  readonly looks: number;
  readonly events: number;
  readonly seconds: number;
  readonly perSecond: number;
}

const epochNow = () => performance.timeOrigin + performance.now();

export async function run({ quick }: BenchOptions): Promise<BenchReport> {
  await using stack = new AsyncDisposableStack();
  const pair = [await startSubject(stack), await startSubject(stack)] as const;
  const sized = { looks: quick ? 4 : 10, events: quick ? 500 : 2000, seconds: quick ? 0.5 : 1 };
  for (const subject of pair) for (let each = 0; each < 4; each++) await deliver(subject, 'seven', sized.events);
  const capacity = await deliver(pair[0], 'seven', sized.events);
  const load: Load = { ...sized, perSecond: Math.round((capacity * loadShare) / others.length) };

  const found: Record<string, Change> = {};
  for (const [name, trouble] of troubles) {
    found[name] = changeOf([await half(pair[0], pair[1], trouble, load), await half(pair[1], pair[0], trouble, load)]);
    note(`${name}: ${JSON.stringify(found[name])}`);
  }
  for (const { gateway, guns } of pair) {
    const problems = ledgerProblems(await gateway.ledger(), 0);
    if (problems.length > 0) throw new Error(`void: ${problems.join('; ')}`);
    await Promise.all(Object.values(guns).map((gun) => gun.close()));
  }
  const { control, ...inTrouble } = found;
  const worst = Math.max(...Object.values(inTrouble).flatMap(({ throughput, p99 }) => [-throughput, p99]));
  // Nobody is in trouble in the control: whatever differs there is chance, in which direction ever.
  const chance = control ? Math.max(Math.abs(control.throughput), Math.abs(control.p99)) : 0;
  const excess = Math.max(0, worst - chance);
  return {
    name: 'bulkhead',
    figures: [{ id: 'others', value: roundTo(excess, 2), unit: '% over control', better: 'lower', must: 8, aim: 2 }],
    rounds: load.looks * 2,
    detail: {
      others:
        'what is worst over the three troubles, throughput lost or p99 gained, less what the control differs by; an improvement counts as 0',
      found,
      load: `throughput: closed loop of ${load.events} events; p99: ${load.perSecond} events/s, ${loadShare * 100} % of capacity; ${load.looks} looks a half`,
      files: memoryFolder(),
      quiet: Object.values(found).every(({ isQuiet }) => isQuiet),
      placement: 'gateways on one core, each busy in its turn; vendors and load on the other',
    },
  };
}

interface Half {
  readonly troubled: readonly Look[];
  readonly free: readonly Look[];
  /** Other processes left the CPU alone in every look that was kept. */
  readonly isQuiet: boolean;
}

/** Looks at both in turn, one in trouble and one free. The trouble is over when this returns. */
async function half(bad: Subject, good: Subject, trouble: Trouble | null, load: Load): Promise<Half> {
  if (trouble) {
    await steer(bad, '_dial', { vendor: troubled, ...trouble });
    // It must be there before it is looked at.
    await deliver(bad, 'all', load.events);
    await wait(1500);
  }
  const lookAtBad = () => look(bad, trouble ? 'all' : 'seven', load);
  const lookAtGood = () => look(good, 'seven', load);
  const taken: { readonly troubled: Look; readonly free: Look; readonly foreign: number }[] = [];
  const isKept = ({ foreign }: { readonly foreign: number }) => foreign <= foreignLimit;
  while (taken.filter(isKept).length < load.looks && taken.length < load.looks * triesALook) {
    const watch = watchCpu();
    if (taken.length % 2 === 0) taken.push({ troubled: await lookAtBad(), free: await lookAtGood(), foreign: watch.foreignShare() });
    else taken.push({ free: await lookAtGood(), troubled: await lookAtBad(), foreign: watch.foreignShare() });
  }
  const kept = taken.toSorted((one, other) => one.foreign - other.foreign).slice(0, load.looks);
  await steer(bad, '_dial', { vendor: troubled, failure: 'ok' });
  await steer(bad, '_release', { vendor: troubled });
  await drained(bad);
  return { troubled: kept.map((each) => each.troubled), free: kept.map((each) => each.free), isQuiet: kept.every(isKept) };
}

const perSecondOf = (looks: readonly Look[]) =>
  percentile(
    looks.map(({ perSecond }) => perSecond),
    0.75,
  );

function p99Of(looks: readonly Look[]): number {
  const calmer = looks.toSorted((one, other) => one.p99Ms - other.p99Ms).slice(0, Math.ceil(looks.length / 2));
  return percentile(
    calmer.flatMap(({ latenciesMs }) => latenciesMs),
    0.99,
  );
}

const stallsIn = (looks: readonly Look[]) => looks.filter(({ p99Ms }) => p99Ms > stallFactor * p99Of(looks)).length;

/** The geometric mean of the two halves' ratios. */
function changeOf(halves: readonly [Half, Half]): Change {
  const mean = (of: (looks: readonly Look[]) => number) =>
    Math.sqrt(halves.reduce((product, { troubled: bad, free }) => product * (of(bad) / of(free)), 1));
  const stalls = (side: 'troubled' | 'free') => halves.reduce((sum, each) => sum + stallsIn(each[side]), 0);
  return {
    throughput: roundTo((mean(perSecondOf) - 1) * 100, 2),
    p99: roundTo((mean(p99Of) - 1) * 100, 2),
    stalled: [stalls('troubled'), stalls('free')],
    isQuiet: halves.every(({ isQuiet }) => isQuiet),
  };
}

async function startSubject(stack: AsyncDisposableStack): Promise<Subject> {
  const sink = stack.use(await startSink(loadCore, 65_536));
  const sinkUrl = String(sink.ready.url);
  const { destinations } = fleetConfig(sinkUrl, others.length + 1);
  const own = { sources: ['all'], delivery: { batchSize: 1, batchWaitMs: 0, timeoutMs } };
  const config = {
    sources: Object.entries(writeKeys).map(([id, writeKey]) => ({ id, writeKey })),
    destinations: destinations.map((destination) => (destination.id === troubledId ? { ...destination, ...own } : destination)),
  };
  const gateway = stack.use(await startGateway({ config, env: fleetEnv, core: serverCore, isInMemory: true }));
  const gun = (key: string) => createGun(gateway.ingestUrl, 64, [key]);
  return { gateway, sinkUrl, guns: { all: gun(writeKeys.all), seven: gun(writeKeys.seven) } };
}

async function steer({ sinkUrl }: Subject, path: '_dial' | '_release', body: object): Promise<void> {
  const answer = await fetch(`${sinkUrl}/${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
}

/** Waits until the eighth has all that it missed; what takes 30 s at the vendor is not waited for. */
async function drained({ gateway }: Subject): Promise<void> {
  for (;;) {
    const states = (await gateway.ledger()).ledgers.find((one) => one.destination === troubledId)?.states;
    if ((states?.waiting ?? 0) === 0) return;
    await wait(200);
  }
}

/** Requests that the seven have counted. */
async function delivered({ sinkUrl }: Subject): Promise<number> {
  const counts = await sinkCounts(sinkUrl);
  return others.reduce((sum, id) => sum + (counts[`webhook.${id}`] ?? 0), 0);
}

/** @returns deliveries a second to the seven */
async function deliver(subject: Subject, to: keyof typeof writeKeys, events: number): Promise<number> {
  const wanted = (await delivered(subject)) + events * others.length;
  const startedAt = performance.now();
  await subject.guns[to].fire(events);
  while ((await delivered(subject)) < wanted) await wait(5);
  return (events * others.length) / ((performance.now() - startedAt) / 1000);
}

async function look(subject: Subject, to: keyof typeof writeKeys, load: Load): Promise<Look> {
  const perSecond = await deliver(subject, to, load.events);
  await wait(200);
  const startedAt = epochNow();
  const send = (index: number) => subject.guns[to].one(`${dueMark}${Math.round(startedAt * 1000 + (index / load.perSecond) * 1_000_000)}`);
  const { failed } = await openLoop({ ...load, send });
  if (failed > 0) throw new Error(`${failed} events failed`);
  await wait(200);
  const latencies: number[] = [];
  for (const id of others) {
    const arrivals = await arrivalsAt(subject.sinkUrl, id, startedAt);
    for (const { at, key } of arrivals) if (key.includes(dueMark)) latencies.push(at - Number(key.split(dueMark)[1]) / 1000);
  }
  return { perSecond, latenciesMs: latencies, p99Ms: percentile(latencies, 0.99) };
}
