/**
 * A kill switch under load: 200 destinations, events to all of them, and an open loop of commands that park some at
 * random and open them again. In force counts from the *scheduled* send of the command. Escapes are what the vendor
 * itself counted under a park, beyond what was in flight when it came into force.
 */
import { join } from 'node:path';
import { type BenchGateway, ledgerProblems, startGateway } from '#tests/support/bench/gateway.ts';
import { pinSelf } from '#tests/support/bench/pin.ts';
import { type BenchOptions, type BenchReport, note } from '#tests/support/bench/report.ts';
import { startServer } from '#tests/support/bench/server.ts';
import { percentile, roundTo, summary } from '#tests/support/bench/stats.ts';
import { connectControl } from '#tests/support/gateway/control-client.ts';
import { arrivalsAt, createGun, deliverAll, fleetEnv, spreadConfig, spreadKey, startSink } from './fleet.ts';
import { type Commands, clockOffset, flipSwitches, noCommands, type Park } from './kill-commands.ts';

const destinations = 200;
/** Each source feeds eight destinations, as in `deliver`. */
const sources = 25;
const destinationsEach = destinations / sources;
const perSecond = 25;
const parked = 20;
/** Share of what the gateway can deliver at most. */
const loadShare = 0.5;
/** Switches under load that are not measured. */
const warmupSeconds = 3;
const serverCore = 0;
const loadCore = 1;
/** What a vendor remembers of its last events; a run gives each a few thousand. */
const remembered = 32_768;

export async function run({ quick }: BenchOptions): Promise<BenchReport> {
  pinSelf(loadCore);
  const rounds = quick ? 1 : 3;
  await using sink = await startSink(loadCore, remembered);
  const sinkUrl = String(sink.ready.url);
  const config = spreadConfig(sinkUrl, destinations, sources);
  await using gateway = await startGateway({ config, env: fleetEnv, core: serverCore, readyTimeoutMs: 60_000 });
  const capacity = await measureCapacity(gateway, sinkUrl, quick);
  const eventsPerSecond = Math.round((capacity * loadShare) / destinationsEach);
  note(`${Math.round(capacity)} deliveries/s at most; load: ${eventsPerSecond} events/s`);
  await using control = connectControl(gateway.controlUrl, gateway.token);
  const clockOffsetMs = await clockOffset(control, 'd0');
  const ids = config.destinations.map(({ id }) => id);
  const flip = { control, destinations: ids, perSecond, parked, clockOffsetMs, seconds: quick ? 5 : 15 };
  const commands = noCommands();
  const byRound: number[] = [];
  let firstMs: number | null = null;
  {
    const args = ['--url', gateway.ingestUrl, '--per-second', String(eventsPerSecond), '--sources', String(sources)];
    await using load = await startServer({ args: [join(import.meta.dirname, 'load-server.ts'), ...args], core: loadCore });
    // The first switches of a process compile what they run through.
    const cold = noCommands();
    await flipSwitches({ ...flip, seconds: warmupSeconds }, cold);
    firstMs = cold.inForceMs[0] ?? null;
    for (let round = 0; round < rounds; round++) {
      const before = commands.inForceMs.length;
      await flipSwitches(flip, commands);
      byRound.push(roundTo(percentile(commands.inForceMs.slice(before), 0.99), 2));
      note(`round ${round + 1}: in force p99 ${byRound.at(-1)} ms`);
    }
    if (load.stderrTail() !== '') throw new Error(`void: ${load.stderrTail()}`);
  }
  const escapes = await countEscapes(sinkUrl, commands.parks);
  const problems = ledgerProblems(await gateway.ledger(), 0);
  if (problems.length > 0) throw new Error(`void: ${problems.join('; ')}`);
  return {
    name: 'kill',
    figures: figuresOf(commands, escapes.escaped),
    rounds,
    detail: {
      inForceMs: rounded(commands.inForceMs),
      veryFirstMs: firstMs === null ? null : roundTo(firstMs, 2),
      inForceP99ByRound: byRound,
      clickToProof: 'command to proof at a WebSocket client; the pixels of the console are not in it',
      clickToProofMs: rounded(commands.proofMs),
      parks: commands.parks.length,
      vendors: escapes,
      load: `${eventsPerSecond} events/s, each to ${destinationsEach} of ${destinations} destinations: ${loadShare * 100} % of the ${Math.round(capacity)} deliveries/s it can`,
      commands: `${perSecond} a second, parks and openings (drain) on random destinations; ${parked} are parked at any time`,
      clockOffsetMs: roundTo(clockOffsetMs, 3),
      placement: 'gateway on one core; vendors, load and client on the other',
    },
  };
}

function figuresOf({ inForceMs, proofMs }: Commands, escaped: number): BenchReport['figures'] {
  return [
    { id: 'inForceP99', value: roundTo(percentile(inForceMs, 0.99), 2), unit: 'ms', better: 'lower', must: 20, aim: 5 },
    { id: 'escapes', value: escaped, unit: 'events', better: 'lower', must: 0, aim: 0 },
    { id: 'clickToProofP99', value: roundTo(percentile(proofMs, 0.99), 2), unit: 'ms', better: 'lower', must: 150, aim: 60 },
  ];
}

const rounded = (values: readonly number[]) =>
  Object.fromEntries(Object.entries(summary(values)).map(([name, value]) => [name, roundTo(value, 2)]));

/** The most that it delivers in a second, closed loop; also warms everything up. */
async function measureCapacity({ ingestUrl }: BenchGateway, sinkUrl: string, quick: boolean): Promise<number> {
  const gun = createGun(
    ingestUrl,
    64,
    Array.from({ length: sources }, (_, index) => spreadKey(index)),
  );
  await deliverAll(gun, sinkUrl, quick ? 1000 : 3000, destinationsEach);
  const capacity = await deliverAll(gun, sinkUrl, quick ? 1500 : 6000, destinationsEach);
  await gun.close();
  return capacity;
}

/** By the vendors' own books and clock: what each kept between a park in force and the command that opened it again. */
async function countEscapes(sinkUrl: string, parks: readonly Park[]) {
  let [escaped, cameUnderPark, inFlight, escapedByProof] = [0, 0, 0, 0];
  for (const [destination, ofOne] of Map.groupBy(parks, (park) => park.destination)) {
    const arrivals = await arrivalsAt(sinkUrl, destination, Math.min(...ofOne.map((park) => park.inForceAt)));
    for (const park of ofOne) {
      const came = arrivals.filter(({ at }) => at > park.inForceAt && at < park.openedAt).length;
      cameUnderPark += came;
      inFlight += park.inFlight;
      escaped += Math.max(0, came - park.inFlight);
      escapedByProof += park.escapedByProof;
    }
  }
  return { escaped, cameUnderPark, ofThoseInFlight: inFlight, escapedByProof };
}
