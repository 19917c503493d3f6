/** The floor of `stream`: a bare ws server that sends the same bytes at the same rate to everybody. */
import { parseArgs } from 'node:util';
import { WebSocketServer } from 'ws';

const { values } = parseArgs({ options: { bytes: { type: 'string', default: '50000' } } });
const padding = 'x'.repeat(Math.max(0, Number(values.bytes) - 60));
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('listening', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  process.stdout.write(`${JSON.stringify({ ready: true, url: `ws://127.0.0.1:${port}` })}\n`);
});
// On the full second, as a gateway's telemetry does.
function tick(): void {
  const frame = JSON.stringify({ at: Date.now(), padding });
  for (const client of server.clients) client.send(frame);
  setTimeout(tick, 1000 - (Date.now() % 1000));
}
tick();
