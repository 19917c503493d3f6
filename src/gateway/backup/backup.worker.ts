/**
 * The backup process: answers calls, one after another, as lines of JSON. A process of its own, so that a backup disk
 * that hangs holds up nothing but backups, and at low priority. Where no process can be started (a packaged Electron) it
 * is a thread. It ends when whoever started it does.
 */
import { constants, setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { parentPort } from 'node:worker_threads';
import { toFailure } from '#gateway/log/sqlite/worker-server.ts';
import { createBackupOps } from './ops.ts';
import type { CallLine, ReplyLine } from './process-lines.ts';

const port = parentPort;
const post: (line: ReplyLine) => void = port
  ? (line) => port.postMessage(line)
  : (line) => void process.stdout.write(`${JSON.stringify(line)}\n`);
const handlers = new Map<string, (input: never) => unknown>(Object.entries(createBackupOps((step) => post({ report: step }), Date.now)));
let last: Promise<unknown> = Promise.resolve();

async function answer({ id, name, input }: CallLine): Promise<void> {
  try {
    const handler = handlers.get(name);
    if (!handler) throw new Error(`no handler ${name}`);
    post({ id, value: await handler(input as never) });
  } catch (error) {
    post({ id, failure: toFailure(error) });
  }
}

function take(call: CallLine): void {
  last = last.then(() => answer(call));
}

if (port) port.on('message', take);
else {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => take(JSON.parse(line)));
  lines.on('close', () => process.exit(0));
}
