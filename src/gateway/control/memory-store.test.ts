import { createMemoryStore } from './memory-store.ts';
import { documentStoreConformance } from './store/conformance.ts';

documentStoreConformance('memory', createMemoryStore);
