import { describeEventLog } from './conformance.ts';
import { createMemoryLog } from './memory-log.ts';

describeEventLog('memory', async ({ now, dedupeWindowMs, smallTail }) => {
  const log = createMemoryLog({ now, dedupeWindowMs, ...(smallTail ? { tailEvents: 100 } : {}) });
  return { log, dispose: () => log.close() };
});
