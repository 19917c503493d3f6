import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createCopyOps } from '#gateway/backup/copying.ts';
import type { EventLog } from '#gateway/log/event-log.ts';

/** Copies a log that goes on, as a backup does, into a folder that may be opened. Answers the head of the copy. */
export async function copyView(log: EventLog, to: string): Promise<number> {
  const ops = createCopyOps();
  mkdirSync(join(to, 'log'), { recursive: true });
  const view = await log.takeView(async (live) => {
    for (const { name, path } of live) ops.snapshot({ from: path, to: join(to, name) });
  });
  try {
    for (const { name, path } of view.sealed)
      ops.segment({ from: path, to: join(to, name), former: null, bytesPerSecond: Number.POSITIVE_INFINITY });
    return view.head;
  } finally {
    view.release();
  }
}
