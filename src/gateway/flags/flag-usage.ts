/**
 * When each flag was last asked for. In memory, written to a small file now and then: what a crash loses only makes a flag
 * look unused a little longer.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from '#contract/zod.ts';

export interface FlagUsage {
  /** The flag was asked for. Costs a look at the clock. */
  note(key: string): void;
  /** Epoch ms; null where nobody asked since `since`. */
  evaluatedAt(key: string): number | null;
  /** Since when this is watched, epoch ms. */
  readonly since: number;
  /** Writes what is not written yet. */
  flush(): void;
}

const fileSchema = z.strictObject({ version: z.literal(1), since: z.number(), evaluatedAt: z.record(z.string(), z.number()) });

/** A missing or unreadable file begins anew. */
export function createFlagUsage(file: string, now: () => number): FlagUsage {
  const former = read(file);
  const since = former?.since ?? now();
  const at = new Map(Object.entries(former?.evaluatedAt ?? {}));
  let isDirty = former === null;
  return {
    since,
    note(key) {
      at.set(key, now());
      isDirty = true;
    },
    evaluatedAt: (key) => at.get(key) ?? null,
    flush() {
      if (!isDirty) return;
      try {
        writeFileSync(`${file}.new`, JSON.stringify({ version: 1, since, evaluatedAt: Object.fromEntries(at) }), { mode: 0o600 });
        renameSync(`${file}.new`, file);
        isDirty = false;
      } catch {
        // A full disk: tried again at the next turn.
      }
    },
  };
}

function read(file: string): z.output<typeof fileSchema> | null {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}
