/** `sluice drill` against a real gateway process and a simulated vendor: what it prints, and how it exits. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { z } from '#contract/zod.ts';
import { startGateway } from '#tests/support/bench/gateway.ts';
import { startSender } from '#tests/support/gateway/sender.ts';
import { drillableHook } from '#tests/support/simulator/drillable-hook.ts';
import { createSimulator } from '#tests/support/simulator/simulator.ts';

const program = join(import.meta.dirname, '../../src/cli/index.ts');
const secret = `whsec_${Buffer.from('drill command signing key').toString('base64')}`;
const told = z.object({ toDetectMs: z.number(), toRecoverMs: z.number(), drill: z.object({ outcome: z.string() }) });

it('starts a drill, follows it to its end, and tells how long it took to notice and to recover', { timeout: 240_000 }, async () => {
  await using simulator = Object.assign(await createSimulator({ apart: true }), {
    async [Symbol.asyncDispose]() {
      await simulator.close();
    },
  });
  const folder = await mkdtemp(join(tmpdir(), 'sluice-drill-command-'));
  await using gateway = await startGateway({
    dataFolder: join(folder, 'data'),
    env: { HOOK: secret },
    config: {
      settings: { environment: 'staging', simulator: simulator.url },
      sources: [{ id: 'web', writeKey: 'drill-command-key' }],
      destinations: [drillableHook(simulator)],
    },
  });
  const sender = startSender({ url: () => gateway.ingestUrl, writeKey: 'drill-command-key', workers: 1, prefix: 'd' });
  const sluice = async (...args: readonly string[]) => {
    const child = spawn(process.execPath, [program, ...args], {
      env: { ...process.env, SLUICE_URL: gateway.controlUrl, SLUICE_TOKEN: gateway.token },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const code = new Promise((resolve) => child.on('close', resolve));
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: await code, out, err };
  };
  try {
    expect((await sluice('drill', 'list')).out).toMatch(/partial-outage .*yes/);
    const drilled = await sluice('--json', 'drill', 'partial-outage', '--destination', 'hook', '--reason', 'rehearsal');
    expect(drilled.err).toMatch(/breaking hook for at most 1 min\nnoticed by: .+\nput right; recovering\n/);
    const { toDetectMs, toRecoverMs, drill } = told.parse(JSON.parse(drilled.out));
    expect([drilled.code, drill.outcome]).toEqual([0, 'passed']);
    expect(toDetectMs).toBeLessThan(60_000);
    expect(toRecoverMs).toBeGreaterThan(0);
    expect((await sluice('drill', 'partial-outage', '--destination', 'nobody')).code).toBe(1);
  } finally {
    await sender.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
