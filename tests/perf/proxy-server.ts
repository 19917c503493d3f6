/**
 * The floor of `deliver`: a proxy without log, ledger, breaker or retry. Each request that comes in goes out to every
 * target with undici, one request each; the answer leaves when all have answered.
 */
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';

const { values } = parseArgs({
  options: { target: { type: 'string', multiple: true, default: [] }, connections: { type: 'string', default: '16' } },
});
const targets = values.target.map((text) => {
  const url = new URL(text);
  return { pool: new Pool(url.origin, { connections: Number(values.connections), pipelining: 1 }), path: url.pathname };
});

let id = 0;
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', async () => {
    const body = Buffer.concat(chunks);
    const headers = { 'content-type': 'application/json', 'webhook-id': `p${id++}` };
    await Promise.all(
      targets.map(async ({ pool, path }) => {
        const answer = await pool.request({ method: 'POST', path, headers, body });
        await answer.body.dump();
      }),
    );
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"success":true}');
  });
}).listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  process.stdout.write(`${JSON.stringify({ ready: true, url: `http://127.0.0.1:${port}` })}\n`);
});
