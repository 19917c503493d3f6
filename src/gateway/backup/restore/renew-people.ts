/** Takes over what people decided after the backup was made, where the old disk still knows it. */
import type { DatabaseSync } from 'node:sqlite';
import { z } from '#contract/zod.ts';
import { applyErasureChange } from '#gateway/people/erasure-rows.ts';
import { openPeopleDb, type PeopleDb } from '#gateway/people/open-people-db.ts';
import { fromRow, toRow } from '#gateway/people/people-rows.ts';
import { type Person, personOf } from '#gateway/people/person.ts';

const erasingRows = z.array(z.object({ id: z.string(), userId: z.string().nullable(), anonymousId: z.string().nullable() }));

/** How many people were changed; null where the two do not know people by the same hashes. */
export function renewPeople(file: string, old: PeopleDb): number | null {
  const opened = openPeopleDb(file);
  if (!opened.ok) return null;
  const { database, key } = opened.value;
  try {
    if (!key.equals(old.key)) return null;
    database.exec('BEGIN IMMEDIATE');
    const changed = takeOver(database, old.database);
    takeOverErasures(database, old.database);
    database.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
    return changed;
  } finally {
    database.close();
  }
}

function takeOver(database: DatabaseSync, old: DatabaseSync): number {
  const get = database.prepare('SELECT * FROM people WHERE person = ?');
  const put = database.prepare('INSERT OR REPLACE INTO people (person, choices, suppressed, suppressedAt) VALUES (?, ?, ?, ?)');
  let changed = 0;
  for (const raw of old.prepare('SELECT * FROM people').iterate()) {
    const { person, value } = fromRow(raw);
    const known = get.get(person);
    const merged = known === undefined ? value : mergePeople(fromRow(known).value, value);
    const row = toRow(person, merged);
    if (known !== undefined && known.choices === row.choices && known.suppressed === row.suppressed) continue;
    put.run(row.person, row.choices, row.suppressed, row.suppressedAt);
    changed++;
  }
  database.exec("INSERT OR IGNORE INTO meta SELECT 'everSuppressed', '1' WHERE EXISTS (SELECT 1 FROM people WHERE suppressed IS NOT NULL)");
  return changed;
}

/** Who was erased since, so that the first start erases them again; and whom vendors are still to be asked about, and who no more. */
function takeOverErasures(database: DatabaseSync, old: DatabaseSync): void {
  for (const row of old.prepare('SELECT person, untilMs FROM erased').all())
    applyErasureChange(database, { kind: 'erased', people: [String(row.person)], untilMs: Number(row.untilMs) });
  database.exec('DELETE FROM erasing');
  const put = database.prepare('INSERT INTO erasing (id, userId, anonymousId) VALUES (?, ?, ?)');
  for (const { id, userId, anonymousId } of erasingRows.parse(old.prepare('SELECT id, userId, anonymousId FROM erasing').all()))
    put.run(id, userId, anonymousId);
}

/** The newest of each choice. Suppressed stays who was so in either: to lift it again is a person's decision. */
export function mergePeople(a: Person, b: Person): Person {
  const choices = new Map(a.choices);
  for (const [category, choice] of b.choices) {
    const known = choices.get(category);
    if (known === undefined || choice.at > known.at || (choice.at === known.at && !choice.granted)) choices.set(category, choice);
  }
  return personOf(choices, a.suppressed ?? b.suppressed);
}
