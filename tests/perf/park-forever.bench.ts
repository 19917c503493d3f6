/**
 * One destination parked until its budget is full and beyond, so that it expires an old event for each new one:
 * what the other seven notice of it. Three gateways take turns: one with the parked lane, and two with nothing
 * parked, whose difference (A/A) is what the machine's noise alone makes.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { topics } from '#contract/operations/topics.ts';
import { type BenchGateway, ledgerProblems, startGateway } from '#tests/support/bench/gateway.ts';
import { type BenchOptions, type BenchReport, note } from '#tests/support/bench/report.ts';
import { median, roundTo } from '#tests/support/bench/stats.ts';
import { type ControlClient, connectControl } from '#tests/support/gateway/control-client.ts';
import { fillBacklog } from './backlog.ts';
import { createGun, type EventGun, fleetConfig, fleetEnv, sinkCounts, startSink } from './fleet.ts';

const destinations = 8;
const budgetBytes = 4 * 1024 * 1024;
const serverCore = 0;
const loadCore = 1;
const leastSamples = 20;

interface Contender extends AsyncDisposable {
  readonly gateway: BenchGateway;
  readonly control: ControlClient;
  readonly gun: EventGun;
  /** p99 of requests to the other seven, ms: one for each of them and second with enough samples. */
  readonly p99s: number[];
}

interface Measure {
  readonly perSecond: number;
  readonly p99Ms: number;
}

async function enter(sinkUrl: string, isParked: boolean): Promise<Contender> {
  const config = fleetConfig(sinkUrl, destinations);
  const [first, ...others] = config.destinations;
  const gateway = await startGateway({
    config: { ...config, destinations: [{ ...first, hold: { bytes: budgetBytes } }, ...others] },
    env: fleetEnv,
    core: serverCore,
  });
  const control = connectControl(gateway.controlUrl, gateway.token);
  const p99s: number[] = [];
  control.peer.subscribe(
    topics['telemetry.tick'],
    {},
    {
      onItems(items) {
        for (const tick of items)
          for (const { id, latency } of tick.destinations)
            if (id !== 'd0' && latency.p99 !== null && latency.n >= leastSamples) p99s.push(latency.p99);
      },
    },
  );
  if (isParked) {
    await control.call('switch.set', { scope: { type: 'destination', destination: 'd0' }, mode: 'park' });
    await fillBacklog(gateway.ingestUrl, Math.ceil((budgetBytes * 1.5) / 500));
    await settled(gateway);
  }
  const gun = createGun(gateway.ingestUrl, 64);
  return {
    gateway,
    control,
    gun,
    p99s,
    async [Symbol.asyncDispose]() {
      await gun.close();
      await control[Symbol.asyncDispose]();
      await gateway[Symbol.asyncDispose]();
    },
  };
}

/** Waits until all but the parked lane have nothing left to do. */
async function settled(gateway: BenchGateway): Promise<void> {
  for (;;) {
    const { ledgers } = await gateway.ledger();
    if (ledgers.every(({ destination, states }) => destination === 'd0' || (states.waiting ?? 0) + (states.retrying ?? 0) === 0)) return;
    await wait(50);
  }
}

const othersOf = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts).reduce((sum, [vendor, count]) => (vendor === 'webhook.d0' ? sum : sum + count), 0);

async function measure(contender: Contender, sinkUrl: string, events: number): Promise<Measure> {
  contender.p99s.length = 0;
  const deliveries = events * (destinations - 1);
  const wanted = othersOf(await sinkCounts(sinkUrl)) + deliveries;
  const startedAt = performance.now();
  await contender.gun.fire(events);
  while (othersOf(await sinkCounts(sinkUrl)) < wanted) await wait(10);
  const perSecond = deliveries / ((performance.now() - startedAt) / 1000);
  await settled(contender.gateway);
  return { perSecond, p99Ms: contender.p99s.length > 0 ? median(contender.p99s) : Number.NaN };
}

/** Change of `b` against `a` in %, the worse of throughput lost and p99 gained; never below 0. */
function harm(a: Measure, b: Measure): number {
  const slower = (1 - b.perSecond / a.perSecond) * 100;
  const later = Number.isNaN(a.p99Ms) || Number.isNaN(b.p99Ms) ? 0 : (b.p99Ms / a.p99Ms - 1) * 100;
  return Math.max(0, slower, later);
}

export async function run({ quick }: BenchOptions): Promise<BenchReport> {
  const rounds = quick ? 2 : 8;
  const events = quick ? 2000 : 6000;
  await using sink = await startSink(loadCore);
  const sinkUrl = String(sink.ready.url);
  await using plain = await enter(sinkUrl, false);
  await using same = await enter(sinkUrl, false);
  await using parked = await enter(sinkUrl, true);
  for (const contender of [plain, same, parked]) await measure(contender, sinkUrl, events);
  const taken: { readonly plain: Measure; readonly same: Measure; readonly parked: Measure }[] = [];
  for (let round = 0; round < rounds; round++) {
    const measures = new Map<Contender, Measure>();
    const order = round % 2 === 0 ? [plain, parked, same] : [same, parked, plain];
    for (const contender of order) measures.set(contender, await measure(contender, sinkUrl, events));
    const of = (contender: Contender) => measures.get(contender) as Measure;
    taken.push({ plain: of(plain), same: of(same), parked: of(parked) });
    note(
      `round ${round + 1}: ${taken.map((each) => Math.round(each.parked.perSecond)).at(-1)}/s beside a parked lane, ${Math.round(of(plain).perSecond)} and ${Math.round(of(same).perSecond)}/s without`,
    );
  }
  const { ledgers } = await parked.gateway.ledger();
  const d0 = ledgers.find(({ destination }) => destination === 'd0');
  const problems = (await Promise.all([plain, same, parked].map(async ({ gateway }) => ledgerProblems(await gateway.ledger(), 0)))).flat();
  if (problems.length > 0) throw new Error(`void: ${problems.join('; ')}`);
  if (!d0 || (d0.states.expired ?? 0) === 0) throw new Error('void: the parked lane never went over its budget');
  const throughput = (pick: (round: (typeof taken)[number]) => readonly [Measure, Measure]) =>
    median(taken.map((round) => harm(...pick(round))));
  return {
    name: 'park-forever',
    figures: [
      {
        id: 'others',
        value: roundTo(
          throughput(({ plain: a, parked: b }) => [a, b]),
          1,
        ),
        unit: '%',
        better: 'lower',
        must: 10,
        aim: 3,
      },
    ],
    rounds,
    detail: {
      controlAA: roundTo(
        throughput(({ plain: a, same: b }) => [a, b]),
        1,
      ),
      throughputChange: roundTo(median(taken.map(({ plain: a, parked: b }) => (b.perSecond / a.perSecond - 1) * 100)), 1),
      p99Change: roundTo(median(taken.map(({ plain: a, parked: b }) => (b.p99Ms / a.p99Ms - 1) * 100)), 1),
      expiredMeanwhile: d0.states.expired,
      placement: 'gateway on one core; vendors and load on the other',
    },
  };
}
