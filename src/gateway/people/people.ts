/**
 * The consent store and the suppression list: what is known of people, by a keyed hash of their ids. Not documents:
 * those keep every revision for ever and are shown to every viewer, and a person may ask to be forgotten.
 *
 * A change is in force in memory when the call returns, and durable when `durable()` resolves; what changes meanwhile
 * shares the next write. Reads come from memory, or where a person was not seen lately from the file.
 */
import type { SuppressionKind } from '#contract/documents/consent.ts';
import { AppFailure, appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { z } from '#contract/zod.ts';
import type { MatchedPerson, PeopleMatch } from '#gateway/log/person-match.ts';
import { startWorker, type WorkerClient } from '#gateway/log/sqlite/worker-client.ts';
import type { Preferences } from '#gateway/pipeline/consent.ts';
import { createPersonKeys } from '#gateway/pipeline/person-key.ts';
import { createErasureBook, type ErasureBook } from './erasure-book.ts';
import type { ErasureChange } from './erasure-rows.ts';
import { openPeopleDb, type PeopleDb } from './open-people-db.ts';
import { fromRow, toRow } from './people-rows.ts';
import type { PeopleOps } from './people-writer.ts';
import { choose, nobody, type Person, personOf } from './person.ts';

export interface SuppressedPerson {
  readonly person: string;
  readonly kind: SuppressionKind;
  readonly at: number;
}

export interface People {
  /** The keyed hash that stands for an id, the same wherever it is asked for: `h_` and 22 characters. */
  hash(text: string): string;
  /** The people behind ids, or behind their hashes, as the log is asked for them. `untilMs`: only what was received up to then, epoch ms. */
  matchOf(ids: readonly string[], untilMs?: number): PeopleMatch;
  /** The same of people who were erased, each up to then. */
  matchErased(erased: readonly MatchedPerson[]): PeopleMatch;
  /** What is kept of erasures. */
  readonly erasures: ErasureBook;
  /** What is known of the person behind a userId or anonymousId. Cheap. */
  of(id: string): Person;
  /** Whether anybody was ever suppressed; stays true when all of it was lifted. */
  readonly everSuppressed: boolean;
  /** Takes note of choices; true where they are news. */
  choose(ids: readonly string[], preferences: Preferences, atMs: number): boolean;
  /** How many of them were not suppressed so before. */
  suppress(ids: readonly string[], kind: SuppressionKind, atMs: number): number;
  /** Whether the person was suppressed. `at`: only where that began at this time, epoch ms. */
  lift(id: string, at?: number): boolean;
  /** Forgets what the person granted. A refusal is kept: to forget it would be to overrule it. */
  forgetGrants(id: string): void;
  /** Suppressed people whose hash comes after `after`, in order, and how many there are in all. What is not durable yet is left out. */
  suppressed(after: string, limit: number): { readonly total: number; readonly people: readonly SuppressedPerson[] };
  /** Resolves once all changes made before are on disk. CONTROL_STORE_FAILED: they stay in force in memory, and are tried again with the next. */
  durable(): Promise<Result<void>>;
  /** After each change in memory. `isFirst`: nobody was ever suppressed before. Returns the unsubscriber. */
  watch(listener: (isFirst: boolean) => void): () => void;
  close(): Promise<void>;
}

/** People kept in memory. */
const maxCached = 50_000;

/** Opens the store of a data folder. The worker that writes starts with the first change. */
export function openPeople(file: string): Result<People> {
  const opened = openPeopleDb(file);
  return opened.ok ? ok(createPeople(file, opened.value)) : opened;
}

function createPeople(file: string, { database, key, everSuppressed: wasSuppressed }: PeopleDb): People {
  const select = database.prepare('SELECT * FROM people WHERE person = ?');
  const { hash, keyOf } = createPersonKeys(key);
  const matchOf: People['matchOf'] = (ids, untilMs = Number.MAX_SAFE_INTEGER) => ({
    key,
    people: [...new Set(ids.map(keyOf))].map((person) => ({ person, untilMs })),
  });

  const cached = new Map<string, Person>();
  const writing = createWriting(file);
  const listeners = new Set<(isFirst: boolean) => void>();
  let everSuppressed = wasSuppressed;

  function read(person: string): Person {
    const known = cached.get(person) ?? writing.pending(person);
    if (known !== undefined) return known;
    const row = select.get(person);
    const found = row === undefined ? nobody : fromRow(row).value;
    remember(cached, person, found);
    return found;
  }
  function write(person: string, value: Person): void {
    remember(cached, person, value);
    writing.put(person, value);
  }
  function tell(isFirst: boolean): void {
    for (const listener of listeners) listener(isFirst);
  }

  return {
    hash,
    matchOf,
    matchErased: (erased) => ({ key, people: erased }),
    erasures: createErasureBook(database, writing.erasure),
    of: (id) => read(keyOf(id)),
    get everSuppressed() {
      return everSuppressed;
    },
    choose(ids, preferences, atMs) {
      let isNews = false;
      for (const id of ids) {
        const person = keyOf(id);
        const after = choose(read(person), preferences, atMs);
        if (after.keeps === 'news') isNews = true;
        if (after.keeps !== 'nothing') write(person, after.person);
      }
      if (isNews) tell(false);
      return isNews;
    },
    suppress(ids, kind, atMs) {
      let added = 0;
      for (const id of ids) {
        const person = keyOf(id);
        const before = read(person);
        if (before.suppressed?.kind === kind) continue;
        added++;
        write(person, personOf(before.choices, { kind, at: atMs }));
      }
      const isFirst = added > 0 && !everSuppressed;
      if (added > 0) everSuppressed = true;
      if (added > 0) tell(isFirst);
      return added;
    },
    lift(id, at) {
      const person = keyOf(id);
      const before = read(person);
      if (before.suppressed === null || (at !== undefined && before.suppressed.at !== at)) return false;
      write(person, personOf(before.choices, null));
      tell(false);
      return true;
    },
    forgetGrants(id) {
      const person = keyOf(id);
      const before = read(person);
      const refused = new Map([...before.choices].filter(([, { granted }]) => !granted));
      if (refused.size < before.choices.size) write(person, personOf(refused, before.suppressed));
    },
    suppressed: (after, limit) => suppressedPeople(database, after, limit),
    durable: writing.durable,
    watch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      await writing.close();
      database.close();
    },
  };
}

const countRow = z.object({ count: z.number() });

function suppressedPeople(database: PeopleDb['database'], after: string, limit: number): ReturnType<People['suppressed']> {
  const total = countRow.parse(database.prepare('SELECT count(*) AS count FROM people WHERE suppressed IS NOT NULL').get()).count;
  const rows = database
    .prepare('SELECT * FROM people WHERE suppressed IS NOT NULL AND person > ? ORDER BY person LIMIT ?')
    .all(after, limit);
  const people = rows.flatMap((row) => {
    const { person, value } = fromRow(row);
    return value.suppressed === null ? [] : [{ person, ...value.suppressed }];
  });
  return { total, people };
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  // The one that was remembered first goes.
  if (map.size > maxCached) for (const first of map.keys()) return void map.delete(first);
}

/** Brings changes to disk, one write at a time; what comes meanwhile goes with the next. */
function createWriting(file: string) {
  let waiting = new Map<string, Person>();
  let underWay: ReadonlyMap<string, Person> = new Map();
  let worker: WorkerClient<PeopleOps> | null = null;
  let round: Promise<Result<void>> | null = null;
  let next: Promise<Result<void>> | null = null;

  async function writer(): Promise<WorkerClient<PeopleOps>> {
    if (worker !== null) return worker;
    const started = startWorker<PeopleOps>('people', () => undefined, import.meta.url);
    worker = started;
    await started.call('open', { file });
    return started;
  }

  async function write(): Promise<Result<void>> {
    underWay = waiting;
    waiting = new Map();
    try {
      const rows = [...underWay].map(([person, value]) => toRow(person, value));
      if (rows.length > 0) await (await writer()).call('write', { rows });
      return ok(undefined);
    } catch (error) {
      // Newer changes of the same people stay on top.
      waiting = new Map([...underWay, ...waiting]);
      return failed(error);
    } finally {
      underWay = new Map();
    }
  }

  async function failed(error: unknown): Promise<Result<void>> {
    await worker?.stop();
    worker = null;
    const cause = error instanceof AppFailure ? error.error.code : error instanceof Error ? error.message : 'unknown';
    return err(appError('CONTROL_STORE_FAILED', { file: 'people.db', cause }));
  }

  /** After all that was changed before. */
  async function erasure(change: ErasureChange): Promise<Result<void>> {
    const before = await durable();
    if (!before.ok) return before;
    try {
      await (await writer()).call('erasure', { change });
      return ok(undefined);
    } catch (error) {
      return failed(error);
    }
  }

  function durable(): Promise<Result<void>> {
    if (waiting.size === 0) return round ?? Promise.resolve(ok(undefined));
    next ??= (async () => {
      await round;
      next = null;
      round = write();
      const done = await round;
      round = null;
      return done;
    })();
    return next;
  }

  return {
    pending: (person: string) => waiting.get(person) ?? underWay.get(person),
    put(person: string, value: Person): void {
      waiting.set(person, value);
      void durable();
    },
    durable,
    erasure,
    async close(): Promise<void> {
      await durable();
      const last = worker;
      worker = null;
      if (last === null) return;
      await last.call('close', null);
      await last.stop();
    },
  };
}
