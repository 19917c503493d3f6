/**
 * Events that break their plan, kept apart until somebody releases or discards them. The file and its worker are
 * there from the first such event on; a gateway without plans has neither.
 */
import { existsSync } from 'node:fs';
import { AppFailure } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { PeopleMatch } from '#gateway/log/person-match.ts';
import { startWorker, type WorkerClient } from '#gateway/log/sqlite/worker-client.ts';
import type { Choice, Held, NewHeld, QuarantineLimits } from './held-table.ts';
import type { QuarantineKept } from './keeping.ts';
import type { PersonalErased, PersonalSlice } from './personal.ts';
import type { Grouping, HeldGroup, QuarantineOps, QuarantineTotals } from './quarantine-store.ts';

export interface Quarantine {
  /** Resolves once they are durable; which were there already is told apart. */
  put(events: readonly NewHeld[]): Promise<Result<{ readonly stored: number; readonly duplicate: number }>>;
  list(choice: Choice, afterId: number, limit: number): Promise<Result<readonly Held[]>>;
  groups(by?: Grouping): Promise<Result<readonly HeldGroup[]>>;
  totals(): Promise<Result<QuarantineTotals>>;
  claim(choice: Choice, afterId: number, limit: number): Promise<Result<readonly Held[]>>;
  settle(input: Parameters<QuarantineOps['settle']>[0]): Promise<Result<void>>;
  unsettled(): Promise<Result<readonly Held[]>>;
  count(choice: Choice): Promise<Result<number>>;
  discard(choice: Choice): Promise<Result<number>>;
  expire(beforeMs: number): Promise<Result<number>>;
  /** What is held, and how much of it was received before. */
  kept(beforeMs: number): Promise<Result<QuarantineKept>>;
  /** Events of people among some thousand after an id. */
  personal(match: PeopleMatch, afterId: number): Promise<Result<PersonalSlice>>;
  /** Erases what is held of people, after all that was put before; answers how many, and how many are being released and so are left. */
  erasePersonal(match: PeopleMatch): Promise<Result<Pick<PersonalErased, 'erased' | 'claimed'>>>;
  close(): Promise<void>;
}

export interface QuarantineOptions {
  /** Path of `quarantine.db`. */
  readonly file: string;
  limits(): QuarantineLimits;
  /** The worker died on its own: a bug. It is started anew when it is next needed. */
  onCrash(error: Error): void;
}

const nothing: QuarantineTotals = { quarantined: 0, held: 0, bytes: 0, released: 0, discarded: 0, expired: 0 };

export function createQuarantine({ file, limits, onCrash }: QuarantineOptions): Quarantine {
  let worker: Promise<WorkerClient<QuarantineOps>> | null = null;

  function client(): Promise<WorkerClient<QuarantineOps>> {
    worker ??= start().catch((error) => {
      worker = null;
      throw error;
    });
    return worker;
  }
  async function start(): Promise<WorkerClient<QuarantineOps>> {
    const started = startWorker<QuarantineOps>(
      'quarantine',
      (error) => {
        worker = null;
        onCrash(error);
      },
      import.meta.url,
    );
    try {
      await started.call('open', { file, limits: limits() });
      return started;
    } catch (error) {
      await started.stop();
      throw error;
    }
  }
  /** `otherwise`: the answer while nothing was ever quarantined. */
  async function ask<T>(otherwise: T, call: (client: WorkerClient<QuarantineOps>) => Promise<T>): Promise<Result<T>> {
    if (worker === null && !existsSync(file)) return ok(otherwise);
    return attempt(async () => call(await client()));
  }

  const write = createGroupWriter(async (events) => (await (await client()).call('put', { events })).stored);

  return {
    async put(events) {
      const written = await attempt(() => write(events));
      if (!written.ok) return written;
      const stored = written.value.filter((isNew) => isNew).length;
      return ok({ stored, duplicate: events.length - stored });
    },
    list: (choice, afterId, limit) => ask<readonly Held[]>([], (store) => store.call('list', { choice, afterId, limit })),
    groups: (by = 'event') => ask<readonly HeldGroup[]>([], (store) => store.call('groups', { by })),
    totals: () => ask(nothing, (store) => store.call('totals', null)),
    claim: (choice, afterId, limit) => ask<readonly Held[]>([], (store) => store.call('claim', { choice, afterId, limit })),
    settle: (input) => ask<void>(undefined, (store) => store.call('settle', input)),
    unsettled: () => ask<readonly Held[]>([], (store) => store.call('unsettled', null)),
    count: (choice) => ask(0, (store) => store.call('count', { choice })),
    discard: (choice) => ask(0, (store) => store.call('discard', { choice })),
    expire: (beforeMs) => ask(0, (store) => store.call('expire', { beforeMs, limits: limits() })),
    kept: (beforeMs) => ask({ events: 0, bytes: 0, oldestAt: null, older: 0 }, (store) => store.call('kept', { beforeMs })),
    personal: (match, afterId) => ask({ held: [], through: afterId, isOver: true }, (store) => store.call('personal', { match, afterId })),
    async erasePersonal(match) {
      // What is waiting to be written goes first.
      if (worker !== null) await write([]).catch(() => {});
      return ask({ erased: 0, claimed: 0 }, (store) => erasePersonal(store, match));
    },
    async close() {
      const last = worker;
      worker = null;
      if (last === null) return;
      const store = await last;
      await store.call('close', null);
      await store.stop();
    },
  };
}

async function erasePersonal(store: WorkerClient<QuarantineOps>, match: PeopleMatch) {
  const sum = { erased: 0, claimed: 0 };
  for (let afterId = 0; ; ) {
    const { erased, claimed, through, isOver } = await store.call('erasePersonal', { match, afterId });
    sum.erased += erased;
    sum.claimed += claimed;
    if (isOver) break;
    afterId = through;
  }
  await store.call('leaveNoTrace', null);
  return sum;
}

interface Waiting {
  readonly events: readonly NewHeld[];
  resolve(stored: readonly boolean[]): void;
  reject(error: unknown): void;
}

/** What came while a write is under way shares the next one. @param put answers which events are new */
function createGroupWriter(put: (events: readonly NewHeld[]) => Promise<readonly boolean[]>) {
  let waiting: Waiting[] = [];
  let isWriting = false;

  async function writeAll(): Promise<void> {
    isWriting = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        const stored = await put(batch.flatMap(({ events }) => events));
        let at = 0;
        for (const { events, resolve } of batch) {
          resolve(stored.slice(at, at + events.length));
          at += events.length;
        }
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    isWriting = false;
  }

  return (events: readonly NewHeld[]) =>
    new Promise<readonly boolean[]>((resolve, reject) => {
      waiting.push({ events, resolve, reject });
      if (!isWriting) void writeAll();
    });
}

/** What may happen is a value; a bug is thrown. */
async function attempt<T>(run: () => Promise<T>): Promise<Result<T>> {
  try {
    return ok(await run());
  } catch (error) {
    if (error instanceof AppFailure) return err(error.error);
    throw error;
  }
}
