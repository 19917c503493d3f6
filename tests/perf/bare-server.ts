/**
 * The floors that ingest is measured against, each a bare node:http server in a process of its own.
 * `answer` says 200 at once and lets the body go by; `parse` reads the body, parses it as JSON, drops it, says 200.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { parseArgs } from 'node:util';

const modes: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>> = {
  answer(request, response) {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"success":true}');
  },
  parse(request, response) {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      JSON.parse(Buffer.concat(chunks).toString('utf8'));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"success":true}');
    });
  },
};

const { values } = parseArgs({ options: { mode: { type: 'string', default: 'answer' } } });
const handle = modes[values.mode];
if (!handle) throw new RangeError(`--mode is one of ${Object.keys(modes).join(', ')}`);
const server = createServer(handle).listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  process.stdout.write(`${JSON.stringify({ ready: true, url: `http://127.0.0.1:${port}/` })}\n`);
});
