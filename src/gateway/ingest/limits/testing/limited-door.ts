/** A front door with limits and a clock that a test moves. */

import { settingsSchema } from '#contract/documents/settings.ts';
import { type Source, sourceSchema } from '#contract/documents/source.ts';
import { type FrontDoor, NOW, openFrontDoor } from '../../testing/front-door.ts';
import { LimitBook } from '../limit-book.ts';

export interface LimitedDoor extends FrontDoor {
  readonly book: LimitBook;
  /** What the audit was told: action, source, why. */
  readonly told: string[][];
  /** Lets time pass, and the seconds in it be looked at. */
  tick(ms: number): void;
}

/** @param sources by id, as a document has them less the name */
export async function openLimitedDoor(
  sources: Readonly<Record<string, object>>,
  ingest: object = {},
  file: string | null = null,
): Promise<LimitedDoor> {
  let elapsed = 0;
  const now = () => NOW + elapsed;
  const settings = settingsSchema.parse({ ingest }).ingest;
  const documents = Object.entries(sources).map(([id, value]): { id: string; value: Source } => ({
    id,
    value: sourceSchema.parse({ name: id, writeKey: `${id}-key`, ...value }),
  }));
  const told: string[][] = [];
  const book = new LimitBook({
    clocks: { monotonic: () => elapsed, now },
    file,
    settings: () => settings,
    sources: () => documents,
    tell: (...what) => void told.push(what),
  });
  const door = await openFrontDoor({ documents, limits: book, now });
  return {
    ...door,
    book,
    told,
    tick(ms) {
      const until = elapsed + ms;
      while (elapsed + 1000 <= until) {
        elapsed += 1000;
        book.everySecond();
      }
      elapsed = until;
    },
  };
}
