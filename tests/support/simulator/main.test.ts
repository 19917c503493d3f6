import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { expect, it } from 'vitest';
import { z } from '#contract/zod.ts';

it('the simulator runs as a process, says when it is ready, and goes when told', async () => {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, '--port', '0', '--keep', 'counts'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  const ready = z.object({ ready: z.literal(true), url: z.string(), port: z.number() }).parse(JSON.parse(String(line)));
  const answer = await request(`${ready.url}/webhook`, { method: 'POST', headers: { 'webhook-id': 'a' } });
  expect(answer.statusCode).toBe(204);
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
});
