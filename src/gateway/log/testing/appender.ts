/** A process for tests to kill: appends and settles as fast as it can, and sends each acknowledged request's ids. */
import { openSqliteLog } from '#gateway/log/sqlite-log.ts';
import { addMember } from '../digest.ts';
import { batchRequest } from './requests.ts';
import { ordinary } from './sqlite-folder.ts';

const [folder = '', run = ''] = process.argv.slice(2);
const opened = await openSqliteLog({ ...ordinary, folder, segmentBytes: 400_000, snapshotEvents: 64 });
if (!opened.ok) throw new Error(JSON.stringify(opened.error));
const log = opened.value;
await log.ready();
const route = log.route([await log.register('a')]);
const { epoch, cursor: start } = await log.open('a');
let cursor = start;

async function append(caller: number): Promise<void> {
  for (let i = 0; ; i++) {
    const ids = Array.from({ length: 5 }, (_, k) => `${run}-${caller}-${i}-${k}`);
    const result = await log.append(batchRequest(log, ids, { route, filler: 300 }));
    if (result.ok) process.send?.(ids);
  }
}

async function settle(): Promise<void> {
  for (;;) {
    const to = log.head();
    const digest = { hi: 0, lo: 0 };
    for (let seq = cursor + 1; seq <= to; seq++) addMember(digest, seq);
    await log.settle({
      destination: 'a',
      epoch,
      cursor: to,
      sidePut: [],
      sideRemove: [],
      heldSet: [],
      heldClear: [],
      tally: { confirmed: { count: to - cursor, digest } },
    });
    cursor = to;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

await Promise.all([append(1), append(2), append(3), settle()]);
