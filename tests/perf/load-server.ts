/**
 * Open-loop load as a child: single events at a steady rate until it is stopped, so that the process which
 * measures has nothing else to do. Each refusal is a line on stderr.
 */
import { parseArgs } from 'node:util';
import { z } from '#contract/zod.ts';
import { openLoop } from '#tests/support/bench/open-loop.ts';
import { createGun, spreadKey } from './fleet.ts';

const { values } = parseArgs({
  options: { url: { type: 'string' }, 'per-second': { type: 'string' }, sources: { type: 'string' } },
});
const options = z
  .object({ url: z.url(), 'per-second': z.coerce.number().positive(), sources: z.coerce.number().int().positive() })
  .parse(values);
const longestSeconds = 600;

const keys = Array.from({ length: options.sources }, (_, index) => spreadKey(index));
const gun = createGun(options.url, 64, keys);
process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
await openLoop({
  perSecond: options['per-second'],
  seconds: longestSeconds,
  send: async () => {
    const problem = await gun.one().then(
      (isTaken) => (isTaken ? null : 'an event was refused'),
      (error: unknown) => String(error),
    );
    if (problem !== null) process.stderr.write(`${problem}\n`);
  },
});
process.exit(0);
