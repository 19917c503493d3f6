import { describeEventLog } from './conformance.ts';
import { inThread } from './testing/in-thread.ts';
import { createFolder } from './testing/sqlite-folder.ts';

describeEventLog('sqlite', async ({ now, dedupeWindowMs, smallTail }) => {
  const folder = createFolder();
  const log = await folder.open({ now, dedupeWindowMs, ...(smallTail ? { tailBytes: 10_000 } : {}) }, inThread);
  return {
    log,
    async dispose() {
      await log.close();
      folder.remove();
    },
  };
});
