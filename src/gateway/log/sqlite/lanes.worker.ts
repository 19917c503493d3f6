import { createLanesOps, type LanesOps } from './lanes-store.ts';
import { serve } from './worker-server.ts';

serve<LanesOps>(createLanesOps());
