import { createReaderOps, type ReaderOps } from './log-reader.ts';
import { serve } from './worker-server.ts';

serve<ReaderOps>(createReaderOps());
