/** Scheduled changes over real gateways that are killed about the moment when they are due. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scheduleSchema } from '#contract/documents/schedule.ts';
import { startGateway } from '#tests/support/bench/gateway.ts';
import { connectControl } from '#tests/support/gateway/control-client.ts';
import { seededRandom } from '#tests/support/traffic/shop.ts';
import { until } from '#tests/support/until.ts';

const kills = 8;

it(`runs a scheduled change once and puts it back once, though the gateway is killed ${kills} times`, { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-schedules-'));
  const random = seededRandom(20_261_121);
  const config = { sources: [{ id: 'web', writeKey: 'schedule-test-key' }], destinations: [] };
  const start = () => startGateway({ config, dataFolder: join(folder, 'data'), isReadyEnough: 'delivers' });
  const value = { variants: { on: true, off: false }, defaultVariant: 'off' };

  let gateway = await start();
  for (let round = 0; round < kills; round++) {
    const flag = `flag-${round}`;
    const first = connectControl(gateway.controlUrl, gateway.token);
    await first.call('flag.put', { id: flag, value });
    const now = Date.now();
    const run = { operation: 'flag.set', input: { id: flag, defaultVariant: 'on' } };
    // Longer than a gateway takes to start: it is never down for the whole of it.
    const { id } = await first.call('schedule.put', { run, at: now + 300, undoAt: now + 6000, reason: 'a test' });
    await first[Symbol.asyncDispose]();
    // A random moment, not a wait for something: where it falls is the test.
    await new Promise((resolve) => setTimeout(resolve, 200 + random() * 200));
    await gateway.server.stop('SIGKILL');
    const former = gateway;
    gateway = await start();
    await former[Symbol.asyncDispose]();

    await using control = connectControl(gateway.controlUrl, gateway.token);
    const schedule = async () => {
      const { documents } = await control.call('document.list', { kind: 'schedule' });
      return scheduleSchema.parse(documents.find((document) => document.id === id)?.value);
    };
    await until(async () => (await schedule()).state === 'applied' || (await schedule()).state === 'undone');
    await control.call('schedule.put', { id, run, at: now + 300, undoAt: Date.now() }).catch((over: unknown) => {
      expect(String(over)).toContain('SCHEDULE_OVER');
    });
    await until(async () => (await schedule()).state === 'undone');
    const { revisions } = await control.call('document.history', { kind: 'flag', id: flag });
    expect(revisions.map(({ revision, by, reason }) => [revision, by, reason])).toEqual([
      [3, 'test', `a test (scheduled: ${id}): it expired`],
      [2, 'test', `a test (scheduled: ${id})`],
      [1, 'test', ''],
    ]);
    expect(revisions[0]?.value).toEqual(revisions[2]?.value);
    expect(await control.call('audit.verify', {})).toMatchObject({ intact: true });
  }
  await gateway[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});
