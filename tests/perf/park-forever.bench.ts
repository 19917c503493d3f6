/**
 * One of eight destinations is parked until its budget is full, and stays so while events keep coming: what does that do to
 * the other seven? Measured against a gateway where nothing is parked and the eighth wants no events, so that the seven
 * have the same work; a second one of those is the control.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { watchCpu } from '#tests/support/bench/cpu.ts';
import { type BenchGateway, ledgerProblems, startGateway } from '#tests/support/bench/gateway.ts';
import { openLoop } from '#tests/support/bench/open-loop.ts';
import { type BenchOptions, type BenchReport, note } from '#tests/support/bench/report.ts';
import { median, percentile, roundTo } from '#tests/support/bench/stats.ts';
import { fillBacklog } from './backlog.ts';
import { arrivalsAt, createGun, deliverAll, type EventGun, fleetConfig, fleetEnv, startSink, writeKey } from './fleet.ts';

const destinations = 8;
const parkedId = 'd0';
const holdBytes = 8 * 1024 * 1024;
const serverCore = 0;
const loadCore = 1;
/** Share of what it can deliver, for the tails. */
const loadShare = 0.5;

interface Subject {
  readonly gateway: BenchGateway;
  readonly sinkUrl: string;
  readonly gun: EventGun;
}
/** Deliveries a second in a closed loop, and from scheduled send to vendor in an open one. */
interface Sample {
  readonly perSecond: number;
  readonly p99Ms: number;
}

const epochNow = () => performance.timeOrigin + performance.now();

export async function run({ quick }: BenchOptions): Promise<BenchReport> {
  const rounds = quick ? 1 : 6;
  await using stack = new AsyncDisposableStack();
  const parked = await startSubject(stack, true);
  const free = await startSubject(stack, false);
  const control = await startSubject(stack, false);
  const events = quick ? 1000 : 2500;
  for (const { gun, sinkUrl } of [free, control, parked]) await deliverAll(gun, sinkUrl, events, destinations - 1);
  const capacity = await deliverAll(free.gun, free.sinkUrl, events, destinations - 1);
  await fillBacklog(parked.gateway.ingestUrl, quick ? 25_000 : 40_000);
  await expired(parked.gateway);

  const perSecond = Math.round((capacity * loadShare) / (destinations - 1));
  const seconds = quick ? 2 : 4;
  const changes: { readonly parked: Change; readonly control: Change; readonly foreign: number }[] = [];
  const take = (subject: Subject) => sample(subject, { events, perSecond, seconds });
  for (let round = 0; round < rounds; round++) {
    const watch = watchCpu();
    const order = round % 2 === 0 ? [free, parked, control] : [control, parked, free];
    const taken = new Map<Subject, Sample>();
    for (const subject of order) taken.set(subject, await take(subject));
    const of = (subject: Subject) => taken.get(subject) as Sample;
    const change = { parked: changeOf(of(parked), of(free)), control: changeOf(of(control), of(free)), foreign: watch.foreignShare() };
    changes.push(change);
    note(`round ${round + 1}: ${JSON.stringify({ free: of(free), parked: of(parked), control: of(control) })}`);
  }
  const ledger = await parked.gateway.ledger();
  const problems = ledgerProblems(ledger, 0);
  if (problems.length > 0) throw new Error(`void: ${problems.join('; ')}`);
  const states = ledger.ledgers.find((one) => one.destination === parkedId)?.states;
  await Promise.all([parked, free, control].map(({ gun }) => gun.close()));
  const middle = (pick: (change: (typeof changes)[number]) => number) => roundTo(median(changes.map(pick)), 2);
  const throughput = middle(({ parked: change }) => change.throughput);
  const p99 = middle(({ parked: change }) => change.p99);
  return {
    name: 'park-forever',
    figures: [{ id: 'others', value: roundTo(Math.max(0, -throughput, p99), 2), unit: '%', better: 'lower', must: 10, aim: 3 }],
    rounds,
    detail: {
      others: 'what is worse: throughput lost or p99 gained, median of the rounds; an improvement counts as 0',
      throughputChangePercent: throughput,
      p99ChangePercent: p99,
      control: {
        throughputChangePercent: middle(({ control: change }) => change.throughput),
        p99ChangePercent: middle(({ control: change }) => change.p99),
      },
      parkedLane: { budgetBytes: holdBytes, waiting: states?.waiting, expired: states?.expired },
      load: `throughput: closed loop; p99: ${perSecond} events/s, ${loadShare * 100} % of capacity`,
      foreignCpu: changes.map(({ foreign }) => roundTo(foreign, 2)),
      placement: 'gateways on one core, each busy in its turn; vendors and load on the other',
    },
  };
}

interface Change {
  /** Percent; positive is more. */
  readonly throughput: number;
  /** Percent; positive is slower. */
  readonly p99: number;
}

const changeOf = (one: Sample, base: Sample): Change => ({
  throughput: (one.perSecond / base.perSecond - 1) * 100,
  p99: (one.p99Ms / base.p99Ms - 1) * 100,
});

async function startSubject(stack: AsyncDisposableStack, isParked: boolean): Promise<Subject> {
  const sink = stack.use(await startSink(loadCore, 65_536));
  const sinkUrl = String(sink.ready.url);
  const { sources, destinations: fleet } = fleetConfig(sinkUrl, destinations);
  // Where nothing is parked the eighth destination listens to a source that never sends.
  const silent = { id: 'silent', writeKey: `${writeKey}-silent` };
  const first = (own: object) => fleet.map((destination) => (destination.id === parkedId ? { ...destination, ...own } : destination));
  const config = {
    sources: [...sources, silent],
    destinations: first(isParked ? { hold: { bytes: holdBytes } } : { sources: ['silent'] }),
  };
  const args = isParked ? ['--park', `destination:${parkedId}`] : [];
  const gateway = stack.use(await startGateway({ config, env: fleetEnv, args, core: serverCore }));
  return { gateway, sinkUrl, gun: createGun(gateway.ingestUrl, 64) };
}

/** Waits until the parked lane has begun to lose its oldest. */
async function expired(gateway: BenchGateway): Promise<void> {
  for (;;) {
    const states = (await gateway.ledger()).ledgers.find((one) => one.destination === parkedId)?.states;
    if ((states?.expired ?? 0) > 0) return;
    await wait(200);
  }
}

async function sample(
  { gun, sinkUrl }: Subject,
  load: { readonly events: number; readonly perSecond: number; readonly seconds: number },
): Promise<Sample> {
  const perSecond = await deliverAll(gun, sinkUrl, load.events, destinations - 1);
  await wait(300);
  const startedAt = epochNow();
  const { failed } = await openLoop({ ...load, send: (index) => gun.one(`@${startedAt + (index / load.perSecond) * 1000}`) });
  if (failed > 0) throw new Error(`${failed} events failed`);
  await wait(500);
  const latencies: number[] = [];
  for (let index = 1; index < destinations; index++) {
    const arrivals = await arrivalsAt(sinkUrl, `d${index}`, startedAt);
    for (const { at, key } of arrivals) if (key.includes('@')) latencies.push(at - Number(key.split('@')[1]));
  }
  return { perSecond: Math.round(perSecond), p99Ms: roundTo(percentile(latencies, 0.99), 2) };
}
