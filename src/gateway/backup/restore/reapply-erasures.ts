/**
 * Erases again, in a restored folder that nobody has open, who was erased before the backup was made or since. What lanes
 * owe of such events needs nothing here: it reads as an event marked suppressed.
 */
import { join } from 'node:path';
import { AppFailure } from '#contract/errors.ts';
import { openSqliteLog } from '#gateway/log/sqlite-log.ts';
import { openPeople, type People } from '#gateway/people/people.ts';
import { createQuarantine, type Quarantine } from '#gateway/quarantine/quarantine.ts';

/** Only what is there already is touched: nothing is taken in and nothing is too old. */
const unlimited = {
  diskBudgetBytes: Number.MAX_SAFE_INTEGER,
  lowDiskBytes: 0,
  dedupeWindowMs: 60_000,
  dedupeMaxEntries: 1000,
  retentionMs: Number.MAX_SAFE_INTEGER,
  segmentBytes: 128 * 1024 * 1024,
};

/** How many people were erased again. Throws AppFailure. */
export async function reapplyErasures(folder: string, incarnation: string): Promise<number> {
  const people = openPeople(join(folder, 'people.db'));
  if (!people.ok) throw new AppFailure(people.error);
  const quarantine = createQuarantine({
    file: join(folder, 'quarantine.db'),
    limits: () => ({ maxEvents: Number.MAX_SAFE_INTEGER, maxBytes: Number.MAX_SAFE_INTEGER }),
    onCrash: (error) => {
      throw error;
    },
  });
  try {
    return await erase(folder, incarnation, people.value, quarantine);
  } finally {
    await quarantine.close();
    await people.value.close();
  }
}

async function erase(folder: string, incarnation: string, people: People, quarantine: Quarantine): Promise<number> {
  const erased = people.erasures.erased();
  if (erased.length === 0) return 0;
  const log = await openSqliteLog({ folder, incarnation, ...unlimited });
  if (!log.ok) throw new AppFailure(log.error);
  try {
    // Who was erased at the same moment is looked for at once.
    for (const [untilMs, hashes] of Map.groupBy(erased, (person) => person.untilMs)) {
      const match = people.matchOf(hashes.map(({ person }) => person));
      await log.value.erase(match, untilMs);
      const gone = await quarantine.erasePersonal(match, untilMs);
      if (!gone.ok) throw new AppFailure(gone.error);
    }
    for (const { person } of erased) people.forgetGrants(person);
    const kept = await people.durable();
    if (!kept.ok) throw new AppFailure(kept.error);
    return erased.length;
  } finally {
    await log.value.close();
  }
}
