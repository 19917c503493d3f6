/**
 * One of eight destinations hangs, then answers 500, then takes 30 s a call: what does that do to the other seven? Measured
 * against a gateway whose eighth wants no events, so that the seven have the same work; a second one of those is the
 * control. So whatever the troubled lane costs at all counts against us.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { watchCpu } from '#tests/support/bench/cpu.ts';
import { type BenchGateway, ledgerProblems, startGateway } from '#tests/support/bench/gateway.ts';
import { openLoop } from '#tests/support/bench/open-loop.ts';
import { type BenchOptions, type BenchReport, note } from '#tests/support/bench/report.ts';
import { median, percentile, roundTo } from '#tests/support/bench/stats.ts';
import type { DialInput } from '#tests/support/simulator/dial.ts';
import { arrivalsAt, createGun, type EventGun, fleetConfig, fleetEnv, sinkCounts, startSink, writeKey } from './fleet.ts';

const others = ['d1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7'];
const troubledId = 'd0';
const troubled = `webhook.${troubledId}`;
/** Longer than the slowest call, so that it is slow and not timed out. */
const timeoutMs = 40_000;
const serverCore = 0;
const loadCore = 1;
/** Share of what it can deliver, for the tails. */
const loadShare = 0.5;
/** In a message id, before the time at which it was due, epoch µs. */
const dueMark = '_due_';

const troubles: readonly (readonly [string, DialInput])[] = [
  ['hangs', { vendor: troubled, failure: 'hang' }],
  ['answers 500', { vendor: troubled, failure: '500' }],
  ['takes 30 s', { vendor: troubled, failure: 'slow', delayMs: 30_000 }],
];

interface Subject {
  readonly name: 'troubled' | 'free' | 'control';
  readonly gateway: BenchGateway;
  readonly sinkUrl: string;
  readonly gun: EventGun;
}
/** One short look at the seven. */
interface Sample {
  /** Deliveries a second in a closed loop. */
  readonly perSecond: number;
  /** From scheduled send to vendor in an open one. */
  readonly p99Ms: number;
}
/** Percent; positive is more throughput, or a longer tail. */
interface Change {
  readonly throughput: number;
  readonly p99: number;
}

const epochNow = () => performance.timeOrigin + performance.now();

export async function run({ quick }: BenchOptions): Promise<BenchReport> {
  // Many short looks: a tail is made by a few stalls, and the median over looks does not see who had them.
  const looks = quick ? 4 : 18;
  const load = { events: quick ? 500 : 1500, seconds: 1 };
  await using stack = new AsyncDisposableStack();
  const subjects = [await startSubject(stack, 'troubled'), await startSubject(stack, 'free'), await startSubject(stack, 'control')];
  const trouble = subjects[0] as Subject;
  for (const subject of subjects) for (let each = 0; each < 3; each++) await deliver(subject, load.events);
  const capacity = await deliver(subjects[1] as Subject, load.events);
  const perSecond = Math.round((capacity * loadShare) / others.length);

  const watch = watchCpu();
  const found: Record<string, { troubled: Change; control: Change }> = {};
  for (const [name, dial] of troubles) {
    await steer(trouble, '_dial', dial);
    await steer(trouble, '_release', { vendor: troubled });
    // The trouble must be there before it is looked at.
    await deliver(trouble, load.events);
    await wait(1500);
    const samples = new Map(subjects.map((subject) => [subject.name, [] as Sample[]]));
    for (let look = 0; look < looks; look++) {
      const order = look % 2 === 0 ? subjects : subjects.toReversed();
      for (const subject of order) samples.get(subject.name)?.push(await sample(subject, { ...load, perSecond }));
    }
    const of = (subject: Subject['name']) => samples.get(subject) ?? [];
    found[name] = { troubled: changeOf(of('troubled'), of('free')), control: changeOf(of('control'), of('free')) };
    note(`${name}: ${JSON.stringify(found[name])}`);
  }
  const foreignCpu = roundTo(watch.foreignShare(), 2);
  const states = await endTrouble(trouble);
  await Promise.all(subjects.map(({ gun }) => gun.close()));
  const worst = (who: 'troubled' | 'control') =>
    Math.max(0, ...Object.values(found).flatMap(({ [who]: change }) => [-change.throughput, change.p99]));
  const excess = Math.max(0, worst('troubled') - worst('control'));
  return {
    name: 'bulkhead',
    figures: [{ id: 'others', value: roundTo(excess, 2), unit: '% over control', better: 'lower', must: 8, aim: 2 }],
    rounds: looks,
    detail: {
      others:
        'what is worst over the three troubles, throughput lost or p99 gained, less the same of the control; an improvement counts as 0',
      troubledPercent: roundTo(worst('troubled'), 2),
      controlPercent: roundTo(worst('control'), 2),
      found,
      troubledLane: states,
      load: `throughput: closed loop of ${load.events} events; p99: ${perSecond} events/s, ${loadShare * 100} % of capacity; medians over ${looks} looks`,
      foreignCpu,
      quiet: foreignCpu <= 0.06,
      placement: 'gateways on one core, each busy in its turn; vendors and load on the other',
    },
  };
}

const changeOf = (ones: readonly Sample[], bases: readonly Sample[]): Change => ({
  throughput: roundTo((median(ones.map((one, look) => one.perSecond / (bases[look]?.perSecond ?? Number.NaN))) - 1) * 100, 2),
  p99: roundTo((median(ones.map(({ p99Ms }) => p99Ms)) / median(bases.map(({ p99Ms }) => p99Ms)) - 1) * 100, 2),
});

async function startSubject(stack: AsyncDisposableStack, name: Subject['name']): Promise<Subject> {
  const sink = stack.use(await startSink(loadCore, 65_536));
  const sinkUrl = String(sink.ready.url);
  const { sources, destinations } = fleetConfig(sinkUrl, others.length + 1);
  // Where nothing is in trouble the eighth destination listens to a source that never sends.
  const silent = { id: 'silent', writeKey: `${writeKey}-silent` };
  const own = name === 'troubled' ? { delivery: { batchSize: 1, batchWaitMs: 0, timeoutMs } } : { sources: [silent.id] };
  const config = {
    sources: [...sources, silent],
    destinations: destinations.map((destination) => (destination.id === troubledId ? { ...destination, ...own } : destination)),
  };
  const gateway = stack.use(await startGateway({ config, env: fleetEnv, core: serverCore }));
  return { name, gateway, sinkUrl, gun: createGun(gateway.ingestUrl, 64) };
}

async function steer({ sinkUrl }: Subject, path: '_dial' | '_release', body: object): Promise<void> {
  const answer = await fetch(`${sinkUrl}/${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
}

/** The vendor is well again; nothing may be lost or doubled in the books. @throws where the ledger does not balance */
async function endTrouble(trouble: Subject): Promise<Readonly<Record<string, number>>> {
  const ledger = await trouble.gateway.ledger();
  const problems = ledgerProblems(ledger, 0);
  await steer(trouble, '_dial', { vendor: troubled, failure: 'ok' });
  await steer(trouble, '_release', { vendor: troubled });
  if (problems.length > 0) throw new Error(`void: ${problems.join('; ')}`);
  const states = ledger.ledgers.find((one) => one.destination === troubledId)?.states;
  return { waiting: states?.waiting ?? 0, retrying: states?.retrying ?? 0, dead: states?.dead ?? 0, confirmed: states?.confirmed ?? 0 };
}

/** Requests that the seven have counted. */
async function delivered({ sinkUrl }: Subject): Promise<number> {
  const counts = await sinkCounts(sinkUrl);
  return others.reduce((sum, id) => sum + (counts[`webhook.${id}`] ?? 0), 0);
}

/** @returns deliveries a second to the seven */
async function deliver(subject: Subject, events: number): Promise<number> {
  const wanted = (await delivered(subject)) + events * others.length;
  const startedAt = performance.now();
  await subject.gun.fire(events);
  while ((await delivered(subject)) < wanted) await wait(5);
  return (events * others.length) / ((performance.now() - startedAt) / 1000);
}

async function sample(
  subject: Subject,
  load: { readonly events: number; readonly perSecond: number; readonly seconds: number },
): Promise<Sample> {
  const perSecond = await deliver(subject, load.events);
  await wait(200);
  const startedAt = epochNow();
  const send = (index: number) => subject.gun.one(`${dueMark}${Math.round(startedAt * 1000 + (index / load.perSecond) * 1_000_000)}`);
  const { failed } = await openLoop({ ...load, send });
  if (failed > 0) throw new Error(`${failed} events failed`);
  await wait(200);
  const latencies: number[] = [];
  for (const id of others) {
    const arrivals = await arrivalsAt(subject.sinkUrl, id, startedAt);
    for (const { at, key } of arrivals) if (key.includes(dueMark)) latencies.push(at - Number(key.split(dueMark)[1]) / 1000);
  }
  return { perSecond, p99Ms: percentile(latencies, 0.99) };
}
