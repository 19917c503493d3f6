import { defineConfig } from 'vitest/config';
import { LongestFirst } from './scripts/lib/longest-first.mjs';
import { compileCache } from './scripts/lib/paths.mjs';

/** Tests that start processes or browsers: one file at a time, after the quick ones. */
const slow = ['tests/e2e/**/*.test.ts', 'tests/faults/**/*.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'src/**/*.test.tsx', 'tests/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: slow,
          maxWorkers: 2,
          testTimeout: 30_000,
          hookTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'slow',
          include: slow,
          globalSetup: 'tests/support/warm-up.ts',
          // They wait more than they work.
          maxWorkers: 3,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
    sequence: { sequencer: LongestFirst },
    environment: 'node',
    pool: 'forks',
    teardownTimeout: 10_000,
    passWithNoTests: true,
    restoreMocks: true,
    // Tests start many gateways from their sources: Node need not strip and compile the same files each time.
    env: { NODE_COMPILE_CACHE: compileCache },
  },
  oxc: { jsx: { runtime: 'automatic' } },
});
