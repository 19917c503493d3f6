/**
 * The simulator as a process: `node tests/support/simulator/main.ts --port 0 --keep keys`. Prints one line of JSON
 * when ready: `{"ready":true,"url":"http://127.0.0.1:…","port":…}`. `SIMULATOR_CREDENTIALS` may hold what vendors
 * demand, as JSON: `{"webhook":"whsec_…"}`.
 */
import { parseArgs } from 'node:util';
import { z } from '#contract/zod.ts';
import { createSimulator } from './simulator.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    keep: { type: 'string', default: 'keys' },
    arrivals: { type: 'string', default: '0' },
  },
});
const options = z
  .object({
    port: z.coerce.number().int().min(0).max(65_535),
    keep: z.enum(['keys', 'counts']),
    arrivals: z.coerce.number().int().min(0).max(1_000_000),
  })
  .parse(values);
const credentials = z.record(z.string(), z.string()).parse(JSON.parse(process.env.SIMULATOR_CREDENTIALS ?? '{}'));

const simulator = await createSimulator({ ...options, credentials });

function stop(): void {
  void simulator.close().then(() => process.exit(0));
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
// Started by another Node process: go when it goes.
process.on('disconnect', stop);

process.stdout.write(`${JSON.stringify({ ready: true, url: simulator.url, port: simulator.port })}\n`);
