import { serve } from '#gateway/log/sqlite/worker-server.ts';
import { createQuarantineStore, type QuarantineOps } from './quarantine-store.ts';

serve<QuarantineOps>(createQuarantineStore());
