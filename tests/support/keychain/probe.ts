/**
 * One process that uses the keychain it is given by its environment, prints what came of it as
 * JSON lines and ends. `node probe.ts <set|get|list|status> [deadlineMs]`.
 */
import { secret } from '../../../src/contract/secret.ts';
import { createKeytarStore } from '../../../src/main/keychain/keytar-store.ts';

const name = { service: 'sluice/embedded/', account: 'hubspot/1' };
const deadlineMs = Number(process.argv[3] ?? '5000');
const store = createKeytarStore({ deadlineMs });

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

async function act(): Promise<unknown> {
  switch (process.argv[2]) {
    case 'set':
      return store.set(name, secret('from the probe'));
    case 'get': {
      const found = await store.get(name);
      return found.ok ? { ok: true, value: found.value?.reveal() ?? null } : found;
    }
    case 'list':
      return store.list(name.service);
    default:
      throw new Error('set, get or list');
  }
}

print({ result: await act(), status: store.status(), isStuck: store.isStuck() });
// An exit would wait for the thread that hangs in the keychain.
if (store.isStuck()) process.kill(process.pid, 'SIGKILL');
