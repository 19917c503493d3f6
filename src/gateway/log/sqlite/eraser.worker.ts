import { createEraserOps, type EraserOps } from './eraser.ts';
import { serve } from './worker-server.ts';

serve<EraserOps>(createEraserOps());
