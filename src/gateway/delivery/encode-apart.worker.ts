import { createRegistry } from '#gateway/connectors/registry.ts';
import { serveEncoding } from './encode-apart.ts';

serveEncoding(createRegistry().get);
