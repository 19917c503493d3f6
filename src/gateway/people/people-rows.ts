/** The rows of `people.db`, and its form. */
import { randomBytes } from 'node:crypto';
import { suppressionKinds } from '#contract/documents/consent.ts';
import { z } from '#contract/zod.ts';
import type { DatabaseSchema } from '#gateway/migrations/database-schema.ts';
import { erasureStatements, erasureStep } from './erasure-rows.ts';
import type { PersonRow } from './people-writer.ts';
import { type Person, personOf } from './person.ts';

const first = `
  CREATE TABLE people (person TEXT PRIMARY KEY, choices TEXT NOT NULL, suppressed TEXT, suppressedAt REAL NOT NULL) WITHOUT ROWID;
  CREATE INDEX suppressed ON people (person) WHERE suppressed IS NOT NULL;
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`;

export const peopleSchema: DatabaseSchema = {
  file: 'people.db',
  first(db) {
    db.exec(first);
    db.prepare("INSERT INTO meta VALUES ('key', ?)").run(randomBytes(32).toString('base64'));
  },
  steps: [erasureStep],
  statements: [
    { sql: 'SELECT person, choices, suppressed, suppressedAt FROM people INDEXED BY suppressed WHERE suppressed IS NOT NULL' },
    { sql: 'SELECT name, value FROM meta' },
    ...erasureStatements,
  ],
};

const choicesSchema = z.record(z.string(), z.tuple([z.union([z.literal(0), z.literal(1)]), z.number()]));
const rowSchema = z.object({
  person: z.string(),
  choices: z.string(),
  suppressed: z.enum(suppressionKinds).nullable(),
  suppressedAt: z.number(),
});

export function toRow(person: string, { choices, suppressed }: Person): PersonRow {
  const stored = Object.fromEntries([...choices].map(([category, { granted, at }]) => [category, [granted ? 1 : 0, at]]));
  return { person, choices: JSON.stringify(stored), suppressed: suppressed?.kind ?? null, suppressedAt: suppressed?.at ?? 0 };
}

/** Throws where a row is not as `toRow` writes it: a damaged file. */
export function fromRow(raw: unknown): { readonly person: string; readonly value: Person } {
  const row = rowSchema.parse(raw);
  const choices = Object.entries(choicesSchema.parse(JSON.parse(row.choices))).map(
    ([category, [granted, at]]) => [category, { granted: granted === 1, at }] as const,
  );
  const suppressed = row.suppressed === null ? null : { kind: row.suppressed, at: row.suppressedAt };
  return { person: row.person, value: personOf(new Map(choices), suppressed) };
}
