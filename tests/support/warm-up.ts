/**
 * Before tests that start gateways: starts one and ends it in order, so that Node's compile cache
 * holds it. A gateway that is killed leaves nothing there. Halves the CPU that each later start takes.
 */
import { compileCache } from '../../scripts/lib/paths.mjs';
import { startGateway } from './bench/gateway.ts';

export async function setup(): Promise<void> {
  await using _gateway = await startGateway({ config: { sources: [] }, env: { NODE_COMPILE_CACHE: compileCache } }).catch(
    (error: unknown) => {
      // Tests say better than this what is wrong with a gateway that does not start.
      process.stderr.write(`warming up: ${error}\n`);
      return { [Symbol.asyncDispose]: async () => {} };
    },
  );
}
