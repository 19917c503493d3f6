import { createLogWriter, type WriterOps } from './log-writer.ts';
import { serve } from './worker-server.ts';

serve<WriterOps>(createLogWriter());
