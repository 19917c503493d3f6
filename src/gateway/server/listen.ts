import type { AddressInfo, Server } from 'node:net';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';

/**
 * Starts to listen on TCP; port 0 takes any free one. PORT_IN_USE where another process has it, or it is
 * not ours to take.
 */
export function listen(server: Server, port: number, host: string): Promise<Result<AddressInfo>> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const code = 'code' in error ? error.code : undefined;
      if (code === 'EADDRINUSE' || code === 'EACCES') resolve(err(appError('PORT_IN_USE', { port, host, code })));
      else reject(error);
    });
    server.listen(port, host, () => {
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('a server listens on TCP');
      resolve(ok(address));
    });
  });
}
