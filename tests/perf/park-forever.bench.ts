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
  readonly latenciesMs: readonly number[];
}

/** In a message id, before the time at which it was due, epoch µs. Of characters that a header may carry, so that the vendor sees it as it is. */
const dueMark = '_due_';

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
  // All of them get what fills the one: a larger log alone must not look like a slower lane.
  for (const { gateway } of [parked, free, control]) await fillBacklog(gateway.ingestUrl, quick ? 25_000 : 40_000);
  await Promise.all([settled(parked.gateway, true), settled(free.gateway, false), settled(control.gateway, false)]);

  const perSecond = Math.round((capacity * loadShare) / (destinations - 1));
  const seconds = quick ? 2 : 4;
  const samples = new Map<Subject, Sample[]>([parked, free, control].map((subject) => [subject, []]));
  const foreign: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const watch = watchCpu();
    const order = round % 2 === 0 ? [free, parked, control] : [control, parked, free];
    for (const subject of order) samples.get(subject)?.push(await sample(subject, { events, perSecond, seconds }));
    foreign.push(roundTo(watch.foreignShare(), 2));
    note(`round ${round + 1}: ${JSON.stringify([free, parked, control].map((subject) => samples.get(subject)?.at(-1)?.perSecond))}`);
  }
  const ledger = await parked.gateway.ledger();
  const problems = ledgerProblems(ledger, 0);
  if (problems.length > 0) throw new Error(`void: ${problems.join('; ')}`);
  const states = ledger.ledgers.find((one) => one.destination === parkedId)?.states;
  await Promise.all([parked, free, control].map(({ gun }) => gun.close()));
  const change = (subject: Subject) => changeOf(samples.get(subject) ?? [], samples.get(free) ?? []);
  const { throughput, p99 } = change(parked);
  const noise = change(control);
  return {
    name: 'park-forever',
    figures: [{ id: 'others', value: roundTo(Math.max(0, -throughput, p99), 2), unit: '%', better: 'lower', must: 10, aim: 3 }],
    rounds,
    detail: {
      others: 'what is worse: throughput lost (median of the pairs) or p99 gained (over all rounds together); an improvement counts as 0',
      throughputChangePercent: throughput,
      p99ChangePercent: p99,
      control: { throughputChangePercent: noise.throughput, p99ChangePercent: noise.p99 },
      p99Ms: { parked: p99Of(samples.get(parked) ?? []), free: p99Of(samples.get(free) ?? []) },
      parkedLane: { budgetBytes: holdBytes, waiting: states?.waiting, expired: states?.expired },
      load: `throughput: closed loop; p99: ${perSecond} events/s, ${loadShare * 100} % of capacity`,
      foreignCpu: foreign,
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

const p99Of = (samples: readonly Sample[]) =>
  roundTo(
    percentile(
      samples.flatMap(({ latenciesMs }) => latenciesMs),
      0.99,
    ),
    2,
  );

/** A tail is made by a few stalls, so the rounds are taken together: one round's p99 says little. */
const changeOf = (ones: readonly Sample[], bases: readonly Sample[]): Change => ({
  throughput: roundTo((median(ones.map((one, round) => one.perSecond / (bases[round]?.perSecond ?? Number.NaN))) - 1) * 100, 2),
  p99: roundTo((p99Of(ones) / p99Of(bases) - 1) * 100, 2),
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

/** Waits until a parked lane has begun to lose its oldest, and the others have nothing left to do. */
async function settled(gateway: BenchGateway, isParked: boolean): Promise<void> {
  for (;;) {
    const { ledgers } = await gateway.ledger();
    const isDone = ledgers.every(({ destination, states }) =>
      isParked && destination === parkedId ? states.expired > 0 : states.waiting === 0,
    );
    if (isDone) return;
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
  const { failed } = await openLoop({
    ...load,
    send: (index) => gun.one(`${dueMark}${Math.round(startedAt * 1000 + (index / load.perSecond) * 1_000_000)}`),
  });
  if (failed > 0) throw new Error(`${failed} events failed`);
  await wait(500);
  const latencies: number[] = [];
  for (let index = 1; index < destinations; index++) {
    const arrivals = await arrivalsAt(sinkUrl, `d${index}`, startedAt);
    for (const { at, key } of arrivals) if (key.includes(dueMark)) latencies.push(at - Number(key.split(dueMark)[1]) / 1000);
  }
  return { perSecond: Math.round(perSecond), latenciesMs: latencies };
}
