/** Drills against a real gateway process: they break only what they may, show what came of it, and put everything right. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type DrillKind, drillTimes } from '#contract/documents/drill.ts';
import { type BenchGateway, startGateway } from '#tests/support/bench/gateway.ts';
import { type ControlClient, connectControl } from '#tests/support/gateway/control-client.ts';
import { type EventSender, startSender } from '#tests/support/gateway/sender.ts';
import { drillableHook } from '#tests/support/simulator/drillable-hook.ts';
import { createSimulator, type Simulator } from '#tests/support/simulator/simulator.ts';

const writeKey = 'drill-test-key';
const secret = `whsec_${Buffer.from('drill test signing key').toString('base64')}`;

interface Room extends AsyncDisposable {
  readonly simulator: Simulator;
  readonly gateway: () => BenchGateway;
  readonly control: () => ControlClient;
  readonly sender: EventSender;
  /** Starts another gateway on the same data, after the first one ended. */
  restart(): Promise<void>;
}

const rooms: Room[] = [];
afterEach(async () => {
  for (const room of rooms.splice(0)) await room[Symbol.asyncDispose]();
});

async function open(options: { environment?: string; args?: readonly string[]; hasSimulator?: boolean } = {}): Promise<Room> {
  const simulator = await createSimulator({ apart: true });
  const folder = await mkdtemp(join(tmpdir(), 'sluice-drill-'));
  const config = {
    settings: { environment: options.environment ?? 'staging', ...(options.hasSimulator === false ? {} : { simulator: simulator.url }) },
    sources: [{ id: 'web', writeKey }],
    destinations: [
      drillableHook(simulator),
      {
        id: 'mixpanel',
        connector: 'mixpanel',
        endpoint: simulator.endpoint('mixpanel'),
        settings: { projectId: '1' },
        credential: { env: { username: 'HOOK', secret: 'HOOK' } },
      },
      // At no simulator: no drill may break it.
      { id: 'elsewhere', connector: 'webhook', endpoint: 'http://127.0.0.1:9/webhook', credential: { env: 'HOOK' } },
    ],
  };
  const start = () =>
    startGateway({ config, dataFolder: join(folder, 'data'), env: { HOOK: secret }, ...(options.args ? { args: options.args } : {}) });
  let gateway = await start();
  let control = connectControl(gateway.controlUrl, gateway.token);
  const sender = startSender({ url: () => gateway.ingestUrl, writeKey, workers: 1, prefix: 'd' });
  const room: Room = {
    simulator,
    gateway: () => gateway,
    control: () => control,
    sender,
    async restart() {
      await control[Symbol.asyncDispose]();
      await gateway[Symbol.asyncDispose]();
      gateway = await start();
      control = connectControl(gateway.controlUrl, gateway.token);
    },
    async [Symbol.asyncDispose]() {
      await sender.stop();
      await control[Symbol.asyncDispose]();
      await gateway[Symbol.asyncDispose]();
      await simulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  rooms.push(room);
  return room;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function drillOf(room: Room, id: string) {
  const { drills } = await room.control().call('drill.list', {});
  const found = drills.find((each) => each.id === id);
  if (!found) throw new Error(`no drill ${id}`);
  return found;
}

async function whenDone(room: Room, id: string) {
  for (;;) {
    const found = await drillOf(room, id);
    if (found.drill.phase === 'done') return found;
    await wait(200);
  }
}

/** Waits until the gateway has seen a second of its own life: before it, nobody can say what changed. */
async function whenTicking(room: Room): Promise<void> {
  while ((await room.control().call('verdict.read', {})).verdicts.length === 0) await wait(50);
}

describe('a drill', () => {
  it('of a full disk turns events away, is noticed, and is over; nothing that was taken is lost', async () => {
    const room = await open();
    await whenTicking(room);
    const { id } = await room.control().call('drill.start', { kind: 'full-disk', reason: 'the monthly drill' });
    const ready = new URL('/readyz', room.gateway().controlUrl.replace(/^ws/, 'http'));
    while ((await fetch(ready)).status !== 503) await wait(50);
    const { drill, by } = await whenDone(room, id);
    expect(drill).toMatchObject({
      outcome: 'passed',
      detectedBy: 'ingest refuses events: The gateway has no room left for events.',
      note: '',
    });
    expect(by).toBe('test');
    const times = drillTimes(drill);
    expect([times.toDetectMs, times.toRecoverMs].every((ms) => ms !== null && ms < 30_000)).toBe(true);
    expect((await fetch(ready)).status).toBe(200);
    const taken = room.sender.acknowledged.size;
    while (room.sender.acknowledged.size === taken) await wait(20);
    const { entries } = await room.control().call('audit.list', {});
    expect(entries.flatMap(({ action }) => (action.startsWith('drill.') ? [action] : []))).toEqual([
      'drill.ended',
      'drill.lifted',
      'drill.detected',
      'drill.broken',
      'drill.start',
    ]);
  });

  it('of a revoked credential holds the lane and gives it back, and a stop ends it at once', async () => {
    const room = await open();
    await whenTicking(room);
    const { id, touches } = await room.control().call('drill.start', { kind: 'revoked-credential', destination: 'mixpanel' });
    expect(touches).toEqual(['mixpanel']);
    while ((await drillOf(room, id)).drill.detectedAt === null) await wait(100);
    expect((await drillOf(room, id)).drill.detectedBy).toContain('HTTP 401');
    await room.control().call('drill.stop', { id, reason: 'seen enough' });
    expect((await drillOf(room, id)).drill).toMatchObject({ outcome: 'aborted', note: 'stopped by test: seen enough' });
    expect(room.simulator.counters().mixpanel?.failure).toBe('ok');
    const before = room.simulator.counters().mixpanel?.stored ?? 0;
    while ((room.simulator.counters().mixpanel?.stored ?? 0) <= before) await wait(50);
  });

  it('is over by itself where its gateway dies in the middle, and the next one says so', async () => {
    const room = await open();
    await whenTicking(room);
    const { id } = await room.control().call('drill.start', { kind: 'partial-outage', destination: 'hook' });
    expect(room.simulator.counters().webhook?.failure).toBe('500');
    await room.gateway().server.stop('SIGKILL');
    while (room.simulator.counters().webhook?.failure !== 'ok') await wait(200);
    await room.restart();
    expect((await drillOf(room, id)).drill).toMatchObject({ phase: 'done', outcome: 'aborted', liftedAt: null });
  });

  it('of a killed gateway is finished by the one that comes after', async () => {
    const room = await open({ args: ['--embedded'] });
    await whenTicking(room);
    const { id } = await room.control().call('drill.start', { kind: 'killed-gateway' });
    while (isAlive(room.gateway().server.pid)) await wait(20);
    await room.restart();
    const { drill } = await whenDone(room, id);
    expect(drill).toMatchObject({ outcome: 'passed', detectedBy: 'whoever looks after the gateway started it again' });
    expect(Object.values(drillTimes(drill)).every((ms) => ms !== null)).toBe(true);
  });
});

describe('a drill is refused', () => {
  async function refusal(room: Room, kind: DrillKind, destination?: string): Promise<string> {
    return room
      .control()
      .call('drill.start', { kind, ...(destination ? { destination } : {}) })
      .then(
        () => 'started',
        (error: Error) => error.message,
      );
  }

  it('in production, whatever it is, in words that say why', async () => {
    const room = await open({ environment: 'production', args: ['--embedded'] });
    for (const kind of ['full-disk', 'killed-gateway', 'degraded-network'] as const)
      expect(await refusal(room, kind)).toContain('DRILL_FORBIDDEN');
    const { kinds } = await room.control().call('drill.list', {});
    expect(new Set(kinds.map((each) => each.refusal))).toEqual(new Set(['No drills in a production environment.']));
  });

  it('for a vendor that is not simulated, a gateway that nobody starts again, and a second one at a time', async () => {
    const room = await open();
    await whenTicking(room);
    expect(await refusal(room, 'slow-vendor', 'elsewhere')).toContain('elsewhere is not at the vendor simulator');
    expect(await refusal(room, 'slow-vendor')).toContain('INPUT_INVALID');
    expect(await refusal(room, 'killed-gateway')).toContain('only a gateway that a console has started');
    const { destinations } = await room.control().call('drill.list', {});
    expect(destinations).toEqual(['hook', 'mixpanel']);
    const { id } = await room.control().call('drill.start', { kind: 'full-disk', dryRun: true });
    expect((await room.control().call('drill.list', {})).drills).toEqual([]);
    await room.control().call('drill.start', { kind: 'full-disk' });
    expect(await refusal(room, 'full-disk')).toContain('DRILL_RUNNING');
    expect(id).toContain('full-disk-');
  });

  it('without a simulator, and by one that is none', async () => {
    const room = await open({ hasSimulator: false });
    expect(await refusal(room, 'partial-outage', 'hook')).toContain('no vendor simulator is set');
    const { documents } = await room.control().call('document.list', { kind: 'settings' });
    const settings = documents[0]?.value as object;
    const other = new URL('/', room.gateway().controlUrl.replace(/^ws/, 'http')).href;
    await room.control().call('settings.put', { value: { ...settings, simulator: other } });
    expect(await refusal(room, 'partial-outage', 'hook')).toContain('DRILL_SIMULATOR_FAILED');
  });
});
