import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWindowsLikeBackend } from '#tests/support/keychain/entry-backend.ts';
import { createChunkedEntries } from './chunks.ts';

const text = (fill: string, length: number): string => fill.repeat(length);

describe('chunked entries', () => {
  it('leave the former text or the new one whole, wherever a write is cut off', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 9_000 }),
        fc.integer({ min: 1, max: 9_000 }),
        fc.integer({ min: 0, max: 30 }),
        async (formerLength, nextLength, calls) => {
          const backend = createWindowsLikeBackend();
          const entries = createChunkedEntries(backend, 's');
          if (formerLength > 0) await entries.set('a', text('f', formerLength));
          backend.crashAfter(calls);
          await entries.set('a', text('n', nextLength)).catch(() => {});
          backend.crashAfter(Number.POSITIVE_INFINITY);
          const former = formerLength > 0 ? text('f', formerLength) : null;
          expect([former, text('n', nextLength)]).toContain(await entries.get('a'));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('leave nothing of a former text after a write, whatever was cut off before', async () => {
    const entriesOf = (length: number): number => (length < 2_048 ? 1 : 1 + Math.ceil(length / 1_536));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 9_000 }), fc.integer({ min: 0, max: 40 })), { maxLength: 6 }),
        fc.integer({ min: 1, max: 9_000 }),
        async (writes, length) => {
          const backend = createWindowsLikeBackend();
          const entries = createChunkedEntries(backend, 's');
          for (const [earlier, calls] of writes) {
            backend.crashAfter(calls);
            await entries.set('a', text('w', earlier)).catch(() => {});
          }
          backend.crashAfter(Number.POSITIVE_INFINITY);
          await entries.set('a', text('n', length));
          expect(backend.entries.size).toBe(entriesOf(length));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('leave nothing behind after a delete, whatever was cut off before', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 9_000 }), fc.integer({ min: 0, max: 25 })), { maxLength: 6 }),
        async (writes) => {
          const backend = createWindowsLikeBackend();
          const entries = createChunkedEntries(backend, 's');
          for (const [length, calls] of writes) {
            backend.crashAfter(calls);
            await entries.set('a', text('w', length)).catch(() => {});
          }
          backend.crashAfter(Number.POSITIVE_INFINITY);
          await entries.delete('a');
          expect([...backend.entries.keys()]).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});
