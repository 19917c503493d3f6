/** The stand-in gateway as a process: takes its token on stdin, prints one ready line, ends with its stdin. */
import { createInterface } from 'node:readline';
import { z } from '#contract/zod.ts';
import { startStandInGateway } from './stand-in-gateway.ts';

const input = createInterface(process.stdin);
input.once('line', async (line) => {
  const { token } = z.object({ token: z.string() }).parse(JSON.parse(line));
  const gateway = await startStandInGateway({ token });
  process.stdout.write(`${JSON.stringify({ ready: true, ingest: 'http://127.0.0.1:4999', control: gateway.url })}\n`);
});
input.on('close', () => process.exit(0));
