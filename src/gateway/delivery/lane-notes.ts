/**
 * What lanes remember over a restart beside the log: how often the process died on them, and what their breakers measured.
 * One small JSON file, replaced as a whole. Losing it is harmless: breakers learn anew, and a lane that kills the
 * process does so three times more.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from '#contract/zod.ts';
import type { BreakerNote } from './breaker.ts';

export interface LaneNotes {
  /** How many processes in a row died while this lane worked, without its cursor moving from `cursor`. */
  deathsAt(destination: string, cursor: number): number;
  /** The lane is about to encode for the first time. Durable when this returns (against the death of the process, not of the machine). */
  begin(destination: string, cursor: number): void;
  breaker(destination: string): BreakerNote | null;
  /** Written within a second. */
  keepBreaker(destination: string, note: BreakerNote | null): void;
  forget(destination: string): void;
  /** The process ends as it should. */
  close(): void;
}

const time = z.number().nonnegative();
const noteSchema = z.strictObject({
  /** Set once the lane began to work in the run that wrote this. */
  work: z.strictObject({ cursor: z.number().int().nonnegative(), deaths: z.number().int().nonnegative() }).optional(),
  breaker: z
    .strictObject({ state: z.enum(['open', 'half-open']), why: z.string(), troubledSince: time, opensAt: time, openMs: time })
    .optional(),
});
type Note = z.output<typeof noteSchema>;
const fileSchema = z.strictObject({ version: z.literal(1), isClean: z.boolean(), lanes: z.record(z.string(), noteSchema) });

const writeWithinMs = 1000;

function readNotes(file: string): z.output<typeof fileSchema> {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return { version: 1, isClean: true, lanes: {} };
  }
}

/** @param file null keeps nothing over a restart */
export function createLaneNotes(file: string | null): LaneNotes {
  const former = file === null ? null : readNotes(file);
  const notes = new Map<string, Note>(
    Object.entries(former?.lanes ?? {}).map(([id, { breaker }]) => [id, breaker === undefined ? {} : { breaker }]),
  );
  let timer: NodeJS.Timeout | null = null;

  function write(isClean: boolean): void {
    if (timer) clearTimeout(timer);
    timer = null;
    if (file === null) return;
    try {
      writeFileSync(`${file}.new`, JSON.stringify({ version: 1, isClean, lanes: Object.fromEntries(notes) }), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    } catch {
      // A full disk: the notes may be lost, the lanes go on.
    }
  }
  function writeSoon(): void {
    timer ??= setTimeout(() => write(false), writeWithinMs);
    timer.unref();
  }
  function deathsAt(destination: string, cursor: number): number {
    const work = former?.isClean === false ? former.lanes[destination]?.work : undefined;
    return work?.cursor === cursor ? work.deaths + 1 : 0;
  }

  return {
    deathsAt,
    begin(destination, cursor) {
      const note = notes.get(destination);
      // Opened again in the same run, after a change of its document: the process did not die.
      if (note?.work?.cursor === cursor) return;
      const deaths = note?.work === undefined ? deathsAt(destination, cursor) : 0;
      notes.set(destination, { ...note, work: { cursor, deaths } });
      write(false);
    },
    breaker: (destination) => notes.get(destination)?.breaker ?? null,
    keepBreaker(destination, breaker) {
      const { breaker: _former, ...rest } = notes.get(destination) ?? {};
      notes.set(destination, breaker === null ? rest : { ...rest, breaker });
      writeSoon();
    },
    forget(destination) {
      if (notes.delete(destination)) writeSoon();
    },
    close: () => write(true),
  };
}
