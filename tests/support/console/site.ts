/** A web site of one page, for what an application would do in a browser. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';

export interface Site extends AsyncDisposable {
  readonly url: string;
}

/** Serves an empty page that loads `scripts` of `folder`, and every file of that folder. */
export async function serveSite({ folder, scripts }: { readonly folder: string; readonly scripts: readonly string[] }): Promise<Site> {
  const page = `<!doctype html><title>Shop</title><link rel="icon" href="data:,">${scripts.map((script) => `<script src="/${script}"></script>`).join('')}`;
  const server = createServer(async (request, response) => {
    const name = basename(request.url ?? '/');
    if (name === '') return void response.setHeader('content-type', 'text/html').end(page);
    const content = name.endsWith('.js') ? await readFile(join(folder, name)).catch(() => null) : null;
    response.writeHead(content === null ? 404 : 200, { 'content-type': 'text/javascript' }).end(content ?? '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('listening on no port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
