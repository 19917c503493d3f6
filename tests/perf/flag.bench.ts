/**
 * A change of a flag while the gateway takes and delivers events, one of its destinations on a rollout: how long until it is in
 * force in the gateway, and until OpenFeature's own provider has it, told by the change notification or polling once a second.
 * Times count from the *scheduled* send of the command. And what evaluating costs.
 */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Destination, destinationSchema } from '#contract/documents/destination.ts';
import { flagSchema } from '#contract/documents/flag.ts';
import { compileFlags } from '#gateway/flags/flag-set.ts';
import { isOn } from '#gateway/flags/gate.ts';
import { toGatewayEvent } from '#gateway/pipeline/to-event.ts';
import { type BenchGateway, ledgerProblems, startGateway } from '#tests/support/bench/gateway.ts';
import { openLoop } from '#tests/support/bench/open-loop.ts';
import { pinSelf } from '#tests/support/bench/pin.ts';
import { type BenchOptions, type BenchReport, note } from '#tests/support/bench/report.ts';
import { startServer } from '#tests/support/bench/server.ts';
import { median, percentile, roundTo, summary } from '#tests/support/bench/stats.ts';
import { type ControlClient, connectControl } from '#tests/support/gateway/control-client.ts';
import { connectFlagClient, type FlagClient } from '#tests/support/openfeature/node-client.ts';
import { fleetEnv, spreadConfig, spreadKey, startSink } from './fleet.ts';

const destinations = 4;
const flags = 100;
const eventsPerSecond = 500;
const commandsPerSecond = 20;
/** Slow enough that each change is told by itself: the provider gathers those of 50 ms. */
const tellEveryMs = 200;
const pollMs = 1000;
const pollers = 20;
const serverCore = 0;
const loadCore = 1;
/** Unleash, whose SDKs refresh once a second: measured once on this kind of machine. */
const unleashP50Ms = 1500;

const keyOf = (index: number) => `flag-${index % flags}`;
/** A segment, and a quarter of the others. */
const rolledOut = (defaultVariant: string) =>
  flagSchema.parse({
    variants: { on: true, off: false },
    defaultVariant,
    targeting: {
      if: [
        { '===': [{ var: 'plan' }, 'pro'] },
        'on',
        {
          fractional: [
            ['on', 25],
            ['off', 75],
          ],
        },
      ],
    },
  });
const plain = (defaultVariant: string) => flagSchema.parse({ variants: { on: true, off: false }, defaultVariant });

export async function run({ quick }: BenchOptions): Promise<BenchReport> {
  const evaluateNs = measureEvaluation(quick);
  pinSelf(loadCore);
  await using sink = await startSink(loadCore);
  await using gateway = await startGateway({
    config: spreadConfig(String(sink.ready.url), destinations, 1),
    env: fleetEnv,
    core: serverCore,
  });
  await using control = connectControl(gateway.controlUrl, gateway.token);
  await putFlags(control);
  const args = ['--url', gateway.ingestUrl, '--per-second', String(eventsPerSecond), '--sources', '1'];
  const measured = await (async () => {
    await using load = await startServer({ args: [join(import.meta.dirname, 'load-server.ts'), ...args], core: loadCore });
    await measureInForce(gateway, control, 2);
    const inForce = await measureInForce(gateway, control, quick ? 5 : 45);
    note(`in force p99 ${roundTo(percentile(inForce, 0.99), 2)} ms`);
    const told = await measureClients(gateway, control, { clients: 1, pollMs: null, changes: quick ? 20 : 200 });
    note(`told p99 ${roundTo(percentile(told, 0.99), 1)} ms`);
    const polled = await measureClients(gateway, control, { clients: pollers, pollMs, changes: quick ? 2 : 12 });
    if (load.stderrTail() !== '') throw new Error(`void: ${load.stderrTail()}`);
    return { inForce, told, polled };
  })();
  const problems = ledgerProblems(await gateway.ledger(), 0);
  if (problems.length > 0) throw new Error(`void: ${problems.join('; ')}`);
  return {
    name: 'flag',
    figures: [
      { id: 'inForceP99', value: roundTo(percentile(measured.inForce, 0.99), 2), unit: 'ms', better: 'lower', must: 20, aim: 5 },
      { id: 'pollP99', value: roundTo(percentile(measured.told, 0.99), 1), unit: 'ms', better: 'lower', must: 1100, aim: 100 },
      { id: 'evaluateNs', value: Math.round(evaluateNs.gate), unit: 'ns', better: 'lower', must: 10_000, aim: 2000 },
    ],
    rounds: measured.inForce.length,
    detail: {
      inForce: 'command to its answer, which comes once it is on disk and in force; each looked at over OFREP then',
      inForceMs: rounded(measured.inForce),
      pollP99: "OpenFeature's web provider, told by the change notification; it waits 50 ms for more before it asks",
      toldMs: rounded(measured.told),
      polledOnceASecondMs: rounded(measured.polled),
      unleash: `p50 ${unleashP50Ms} ms at its refresh of 1 s`,
      evaluate: 'a segment and a share of 25 %, for an event (with its context) and for a context',
      evaluateNs: { gate: Math.round(evaluateNs.gate), flag: Math.round(evaluateNs.flag) },
      load: `${eventsPerSecond} events/s, each to ${destinations} destinations, one of them on a rollout; ${flags} flags`,
      commands: `${commandsPerSecond} a second`,
      placement: 'gateway on one core; vendors, load and clients on the other',
    },
  };
}

async function putFlags(control: ControlClient): Promise<void> {
  for (let index = 0; index < flags; index++) await control.call('flag.put', { id: keyOf(index), value: plain('off') });
  await control.call('flag.put', { id: 'rollout', value: rolledOut('off') });
  const { documents } = await control.call('document.list', { kind: 'destination' });
  const value: Destination = { ...destinationSchema.parse(documents[0]?.value), rollout: { flag: 'rollout' } };
  await control.call('destination.put', { id: 'd0', value });
}

/** ms from the scheduled send of each command to its answer. @throws where a flag still has its old value then */
async function measureInForce(gateway: BenchGateway, control: ControlClient, seconds: number): Promise<number[]> {
  const first = Math.floor(Math.random() * flags);
  const looks: Promise<void>[] = [];
  const { latenciesMs, failed } = await openLoop({
    perSecond: commandsPerSecond,
    seconds,
    send: async (index) => {
      const id = keyOf(first + index);
      await control.call('flag.set', { id, defaultVariant: variantOf(index) });
      looks.push(mustBe(gateway, id, variantOf(index)));
    },
  });
  if (failed > 0) throw new Error(`${failed} commands failed`);
  await Promise.all(looks);
  return [...latenciesMs];
}

async function mustBe({ ingestUrl }: BenchGateway, key: string, variant: string): Promise<void> {
  const url = `${ingestUrl}/ofrep/v1/evaluate/flags/${key}`;
  const answer = await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${spreadKey(0)}` }, body: '{}' });
  const evaluated: unknown = await answer.json();
  if (Reflect.get(Object(evaluated), 'variant') !== variant) throw new Error('void: a flag had its old value after the answer');
}

/** On and off in turn, for each of the flags. */
const variantOf = (index: number) => (Math.floor(index / flags) % 2 === 0 ? 'on' : 'off');

interface ClientRun {
  readonly clients: number;
  readonly pollMs: number | null;
  readonly changes: number;
}

/** ms from sending each change to when each client has it. */
async function measureClients({ ingestUrl }: BenchGateway, control: ControlClient, run: ClientRun): Promise<number[]> {
  const key = 'told';
  await control.call('flag.put', { id: key, value: plain('off') });
  const clients: FlagClient[] = [];
  for (let index = 0; index < run.clients; index++) {
    clients.push(await connectFlagClient(ingestUrl, spreadKey(0), `client-${run.pollMs}-${index}`, run.pollMs));
    // Their polls are spread over the second.
    await wait((run.pollMs ?? 0) / run.clients);
  }
  const latencies: number[] = [];
  for (let change = 0; change < run.changes; change++) {
    await wait(tellEveryMs + Math.random() * (run.pollMs ?? tellEveryMs));
    const wanted = change % 2 === 0;
    const sentAt = performance.now();
    const learned = clients.map((client) => client.learns(key, wanted).then(() => latencies.push(performance.now() - sentAt)));
    await control.call('flag.set', { id: key, defaultVariant: wanted ? 'on' : 'off' });
    await Promise.all(learned);
  }
  for (const client of clients) await client[Symbol.asyncDispose]();
  return latencies;
}

/** ns an evaluation: of a rollout for an event, and of a flag for a context that is there. */
function measureEvaluation(quick: boolean): { readonly gate: number; readonly flag: number } {
  const set = compileFlags(Array.from({ length: flags }, (_, index) => ({ id: keyOf(index), revision: 1, value: rolledOut('off') })));
  const facts = { source: 'web', receivedAt: 0, type: 'track' } as const;
  const traits = { plan: 'free', email: 'ada@sluice.test', company: 'acme' };
  const events = Array.from({ length: 1000 }, (_, index) =>
    toGatewayEvent({ userId: `user-${index}`, event: 'Order', context: { traits } }, facts),
  );
  const contexts = events.map(({ userId }) => ({ targetingKey: userId, ...traits }));
  const each = quick ? 100 : 500;
  const timed = (evaluate: (index: number) => unknown): number => {
    const rounds = Array.from({ length: 8 }, () => {
      const startedAt = performance.now();
      for (let round = 0; round < each; round++) for (let index = 0; index < events.length; index++) evaluate(index);
      return ((performance.now() - startedAt) * 1e6) / (each * events.length);
    });
    // The first ones warm up.
    return median(rounds.slice(2));
  };
  const gate = timed((index) => isOn(set, keyOf(index), events[index] as (typeof events)[number]));
  return { gate, flag: timed((index) => set.evaluate(keyOf(index), contexts[index] ?? {})) };
}

const rounded = (values: readonly number[]) =>
  Object.fromEntries(Object.entries(summary(values)).map(([name, value]) => [name, roundTo(value, 2)]));
