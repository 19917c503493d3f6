/**
 * The floor of `stream`: a bare `ws` server that sends one text of a given size to all its clients once a second, half a
 * second off the full one. The text begins with the epoch ms at which it was begun.
 */
import { parseArgs } from 'node:util';
import { WebSocketServer } from 'ws';
import { z } from '#contract/zod.ts';

const { values } = parseArgs({ options: { chars: { type: 'string' } } });
const { chars } = z.object({ chars: z.coerce.number().int().positive() }).parse(values);
const filler = 'x'.repeat(chars);
const everyMs = 1000;

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false }, () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a WebSocket server listens on TCP');
  process.stdout.write(`${JSON.stringify({ ready: true, url: `ws://127.0.0.1:${address.port}` })}\n`);
});

function send(): void {
  const at = String(Date.now());
  const text = at + filler.slice(at.length);
  for (const client of server.clients) client.send(text);
}

function arm(): void {
  setTimeout(
    () => {
      send();
      arm();
    },
    everyMs - ((Date.now() + everyMs / 2) % everyMs) || everyMs,
  );
}
arm();
