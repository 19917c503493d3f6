/**
 * What limits must remember over a restart: events of the day by source and key, and the usual rates. One small JSON file, written
 * aside and renamed at most once a second, and only when something changed. Losing it costs a day's count, nothing else.
 */
import { readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { z } from '#contract/zod.ts';

const usageSchema = z.strictObject({
  version: z.literal(1),
  /** Number of the UTC day that `used` belongs to. */
  day: z.number().int(),
  /** By source, or `source/key label`. */
  used: z.record(z.string(), z.number().int().nonnegative()),
  /** By source. */
  usual: z.record(z.string(), z.strictObject({ perSecond: z.number().nonnegative(), minutes: z.number().int().nonnegative() })),
});
export type Usage = z.output<typeof usageSchema>;

export interface UsageFile {
  /** As it was at the start. */
  readonly former: Usage;
  /** Writes it where it differs from what was written last. While one write runs, the next waits for the second after. */
  write(usage: Usage): void;
  /** Resolves once what was given last is on disk, or could not be. */
  close(): Promise<void>;
}

const none: Usage = { version: 1, day: 0, used: {}, usual: {} };

function readUsage(file: string): Usage {
  try {
    return usageSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return none;
  }
}

async function replace(file: string, text: string): Promise<void> {
  const handle = await open(`${file}.new`, 'w', 0o600);
  try {
    await handle.writeFile(text);
    // A rename that outlives its content would leave an empty file after a power cut.
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
}

/** @param file null keeps nothing over a restart */
export function openUsageFile(file: string | null): UsageFile {
  let written = '';
  let latest = '';
  let writing: Promise<void> | null = null;

  function start(): void {
    if (file === null || writing || latest === written) return;
    const text = latest;
    writing = replace(file, text)
      .then(() => {
        written = text;
      })
      // A full disk: the next second tries again.
      .catch(() => {})
      .finally(() => {
        writing = null;
      });
  }

  return {
    former: file === null ? none : readUsage(file),
    write(usage) {
      latest = JSON.stringify(usage);
      start();
    },
    async close() {
      await writing;
      start();
      await writing;
    },
  };
}
