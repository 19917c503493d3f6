import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planSchema } from '#contract/documents/plan.ts';
import { ok, type Result } from '#contract/result.ts';
import { accept } from '#gateway/ingest/accept.ts';
import { compileMapping } from '#gateway/ingest/mapping.ts';
import type { IngestSource } from '#gateway/ingest/source-index.ts';
import { createTreatment } from '#gateway/ingest/treatment.ts';
import type { Appended, AppendRequest, EventLog } from '#gateway/log/event-log.ts';
import { createMemoryLog } from '#gateway/log/memory-log.ts';
import { compilePlan } from '#gateway/pipeline/plan.ts';
import { createSchemaCompiler } from '#gateway/pipeline/schema-compiler.ts';
import { createMeter } from '#gateway/telemetry/meter.ts';
import type { NewHeld } from './held-table.ts';
import { createQuarantine, type Quarantine } from './quarantine.ts';
import { createQuarantineStore } from './quarantine-store.ts';
import { finishReleases, previewRelease, type ReleaseDeps, releaseHeld } from './release.ts';
import { createViolationBook } from './violation-book.ts';

let folder: string;
let quarantine: Quarantine;
const limits = { maxEvents: 100, maxBytes: 1_000_000 };
const file = () => join(folder, 'quarantine.db');
function open(): Quarantine {
  return createQuarantine({
    file: file(),
    limits: () => limits,
    onCrash: (error) => {
      throw error;
    },
  });
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-quarantine-'));
  limits.maxEvents = 100;
  quarantine = open();
});
afterEach(async () => {
  await quarantine.close();
  rmSync(folder, { recursive: true, force: true });
});

function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}
function held(messageId: string, more: Partial<NewHeld> = {}): NewHeld {
  const body = JSON.stringify({ type: 'track', messageId, event: 'Order', userId: 'u', properties: { total: 'much' } });
  return {
    source: 'web',
    messageId,
    type: 'track',
    name: 'Order',
    receivedAt: 1000,
    plan: 'web',
    revision: 1,
    violations: '[]',
    body,
    ...more,
  };
}
const totals = async () => unwrap(await quarantine.totals());
const ids = async () => unwrap(await quarantine.list({}, 0, 500)).map(({ messageId }) => messageId);

describe('the quarantine', () => {
  it('has no file before the first event, and then one that only its owner reads', async () => {
    expect(await totals()).toMatchObject({ held: 0 });
    expect(unwrap(await quarantine.list({}, 0, 10))).toEqual([]);
    expect(() => statSync(file())).toThrow();
    unwrap(await quarantine.put([held('a')]));
    expect(statSync(file()).mode & 0o077).toBe(0);
  });

  it('keeps events over a restart, in their order, the first of each message id', async () => {
    expect(unwrap(await quarantine.put([held('a'), held('b'), held('a')]))).toEqual({ stored: 2, duplicate: 1 });
    expect(unwrap(await quarantine.put([held('a', { source: 'ios' })]))).toEqual({ stored: 1, duplicate: 0 });
    await quarantine.close();
    quarantine = open();
    expect(await ids()).toEqual(['a', 'b', 'a']);
    expect(await totals()).toMatchObject({ quarantined: 3, held: 3 });
    expect(unwrap(await quarantine.groups())).toMatchObject([
      { source: 'web', events: 2 },
      { source: 'ios', events: 1 },
    ]);
    expect(unwrap(await quarantine.list({ source: 'ios' }, 0, 10))).toHaveLength(1);
  });

  it('lets the oldest go when it is full, and what is too old, and counts both', async () => {
    limits.maxEvents = 3;
    unwrap(await quarantine.put(['a', 'b', 'c', 'd', 'e'].map((id) => held(id))));
    expect(await ids()).toEqual(['c', 'd', 'e']);
    unwrap(await quarantine.put([held('f', { receivedAt: 5000 })]));
    expect(unwrap(await quarantine.expire(2000))).toBe(2);
    expect(await ids()).toEqual(['f']);
    expect(await totals()).toMatchObject({ quarantined: 6, held: 1, expired: 5 });
  });

  it('discards what was chosen, and nothing else', async () => {
    unwrap(await quarantine.put([held('a'), held('b', { name: 'Refund' }), held('c')]));
    expect(unwrap(await quarantine.discard({ event: 'Refund' }))).toBe(1);
    const [first] = unwrap(await quarantine.list({}, 0, 1));
    expect(unwrap(await quarantine.discard({ ids: [first?.id ?? 0, 999] }))).toBe(1);
    expect(await ids()).toEqual(['c']);
    expect(await totals()).toMatchObject({ quarantined: 3, held: 1, discarded: 2 });
  });

  it('counts what it holds by event, by plan and by kind of violation, and chooses by each', async () => {
    const total = { path: '/total', message: 'must be number' };
    const coupon = { path: '', message: "must have required property 'coupon'" };
    const broken = (...violations: readonly object[]) => ({ violations: JSON.stringify(violations) });
    unwrap(await quarantine.put([held('a', broken(total)), held('b', { ...broken(total, coupon), name: 'Refund' })]));
    unwrap(await quarantine.put([held('c', { ...broken(coupon), plan: 'ios', source: 'ios', receivedAt: 500 })]));
    expect(unwrap(await quarantine.groups('plan'))).toEqual([
      { plan: 'web', events: 2, oldestAt: 1000 },
      { plan: 'ios', events: 1, oldestAt: 500 },
    ]);
    expect(unwrap(await quarantine.groups('violation'))).toEqual([
      { violation: coupon, events: 2, oldestAt: 500 },
      { violation: total, events: 2, oldestAt: 1000 },
    ]);
    const chosen = unwrap(await quarantine.list({ violation: coupon }, 0, 10));
    expect(chosen.map(({ messageId }) => messageId)).toEqual(['b', 'c']);
    expect(unwrap(await quarantine.count({ violation: coupon, plan: 'ios' }))).toBe(1);
    expect(unwrap(await quarantine.discard({ violation: total }))).toBe(2);
    expect(await ids()).toEqual(['c']);
  });

  it('names a file of a newer Sluice', async () => {
    const { DatabaseSync } = await import('node:sqlite');
    const newer = new DatabaseSync(file());
    newer.exec('PRAGMA user_version = 99');
    newer.close();
    expect(await quarantine.put([held('a')])).toMatchObject({ ok: false, error: { code: 'DATA_NEWER' } });
  });
});

const loose = { required: ['total'] };
const strict = { required: ['total'], properties: { total: { type: 'number' } } };

/** A source whose plan has this schema for orders. */
function sourceWith(schema: object, mode = 'quarantine'): IngestSource {
  const value = planSchema.parse({ name: 'Web', mode, events: { Order: { schema } } });
  const plan = compilePlan({ id: 'web', revision: 9, value }, createSchemaCompiler());
  const treatment = createTreatment({ source: 'web', redactor: null, people: null, violations: createViolationBook(() => 0), plan });
  return { id: 'web', enabled: true, mapping: compileMapping(undefined), treatment, account: null };
}

function releasing(source: IngestSource | null, more: Partial<ReleaseDeps> = {}) {
  const log = createMemoryLog({ now: () => 2000 });
  const meter = createMeter();
  const deps: ReleaseDeps = { quarantine, log, meter, source: () => source, route: () => log.route([]), now: () => 2000, ...more };
  return { deps, log, meter };
}

describe('a release', () => {
  it('lets what fits the plan now into the log, once, with the time it came at, and keeps the rest', async () => {
    unwrap(
      await quarantine.put([held('a', { receivedAt: 1500 }), held('b', { body: held('b').body.replace('"total":"much"', '"other":1') })]),
    );
    const { deps, log, meter } = releasing(sourceWith(loose));
    expect(unwrap(await previewRelease(deps, {}, 100))).toEqual({ released: 1, duplicate: 0, kept: 1, failed: 0 });
    expect(await ids()).toEqual(['a', 'b']);
    expect(unwrap(await releaseHeld(deps, {}, 100))).toEqual({ released: 1, duplicate: 0, kept: 1, failed: 0 });
    const [found] = await log.find('a', 'web');
    expect(found?.record).toMatchObject({
      receivedAt: 1500,
      event: { receivedAt: 1500, provenance: { schema: 'web@9', releasedAt: 2000 } },
    });
    const [kept] = unwrap(await quarantine.list({}, 0, 10));
    expect(kept).toMatchObject({
      messageId: 'b',
      plan: 'web',
      revision: 9,
      violations: JSON.stringify([{ path: '', message: "must have required property 'total'" }]),
    });
    expect(meter.pending().get('web')).toMatchObject({ accepted: 1, received: 1 });
    expect(unwrap(await releaseHeld(deps, {}, 100))).toMatchObject({ released: 0, kept: 1 });
    expect(log.head()).toBe(1);
  });

  it('takes one that the log already has for a duplicate', async () => {
    unwrap(await quarantine.put([held('a')]));
    const { deps, log } = releasing(sourceWith(loose));
    const json = JSON.parse(held('a').body);
    const { request } = accept(Buffer.from(held('a').body), json, 'track', {
      source: sourceWith(loose),
      receivedAt: 1900,
      route: deps.route,
      newMessageId: () => '',
    });
    unwrap(await log.append(request as AppendRequest));
    expect(unwrap(await releaseHeld(deps, {}, 100))).toEqual({ released: 0, duplicate: 1, kept: 0, failed: 0 });
    expect(await totals()).toMatchObject({ held: 0, released: 1 });
    expect(log.head()).toBe(1);
  });

  it('keeps what it cannot bring in: the source is gone, the log is full, the plan blocks it now', async () => {
    unwrap(await quarantine.put([held('a')]));
    expect(unwrap(await releaseHeld(releasing(null).deps, {}, 100))).toMatchObject({ failed: 1 });
    const full = createMemoryLog({ capacityBytes: 1 });
    expect(unwrap(await releaseHeld(releasing(sourceWith(loose), { log: full }).deps, {}, 100))).toMatchObject({ failed: 1 });
    expect(unwrap(await releaseHeld(releasing(sourceWith(strict, 'block')).deps, {}, 100))).toMatchObject({ kept: 1 });
    expect(await ids()).toEqual(['a']);
    expect(unwrap(await quarantine.list({}, 0, 10))[0]?.violations).toContain('must be number');
  });

  it('looks at no more than it was told, oldest first, and at what was chosen only', async () => {
    unwrap(await quarantine.put(['a', 'b', 'c'].map((id) => held(id))));
    const { deps } = releasing(sourceWith(loose));
    expect(unwrap(await releaseHeld(deps, {}, 1))).toMatchObject({ released: 1 });
    expect(await ids()).toEqual(['b', 'c']);
    expect(unwrap(await releaseHeld(deps, { event: 'Other' }, 100))).toMatchObject({ released: 0 });
  });

  it('delivers every event exactly once, wherever the process dies, and the books balance', async () => {
    const source = sourceWith(loose);
    const step = fc.constantFrom('put', 'release', 'die before the append', 'die before the settle', 'discard', 'send again');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), fc.boolean(), async (steps, isForgetful) => {
        // The worker's own code in this thread: a process that dies and starts, hundreds of times.
        const database = join(folder, `${Math.random()}.db`);
        const store = inThread(database);
        // A log that has forgotten the message ids by the time of the release: only the claim keeps it from doubling.
        const log = createMemoryLog({ now: () => 2000, dedupeWindowMs: isForgetful ? 100 : 10_000 });
        let sent = 0;
        for (const each of steps) {
          if (each === 'put') unwrap(await store.put([held(`m${sent++}`), held(`m${sent++}`)]));
          if (each === 'discard') unwrap(await store.discard({ ids: [1] }));
          if (each === 'send again' && sent > 0 && !isForgetful) await log.append(requestFor(source, log, 'm0'));
          if (!['release', 'die before the append', 'die before the settle'].includes(each)) continue;
          await dyingRelease(store, log, source, each);
          unwrap(await finishReleases({ quarantine: store, log }));
        }
        unwrap(await releaseHeld(depsOf(store, log, source), {}, 1000));
        const books = unwrap(await store.totals());
        expect(books.quarantined).toBe(books.held + books.released + books.discarded + books.expired);
        expect(books).toMatchObject({ quarantined: sent, held: 0 });
        const places = await Promise.all(Array.from({ length: sent }, (_, index) => log.find(`m${index}`, 'web')));
        expect(places.every((found) => found.length <= 1)).toBe(true);
        expect(places.filter((found) => found.length === 1).length).toBeGreaterThanOrEqual(sent - books.discarded);
        await store.close();
      }),
      { numRuns: 120 },
    );
  });
});

function depsOf(store: Quarantine, log: EventLog, source: IngestSource): ReleaseDeps {
  return { quarantine: store, log, meter: createMeter(), source: () => source, route: () => log.route([]), now: () => 2000 };
}

function requestFor(source: IngestSource, log: EventLog, messageId: string): AppendRequest {
  const body = Buffer.from(held(messageId).body);
  const { request } = accept(body, JSON.parse(body.toString()), 'track', {
    source,
    receivedAt: 1500,
    route: () => log.route([]),
    newMessageId: () => '',
  });
  return request as AppendRequest;
}

class Death extends Error {}

/** A release in a process that dies on the way: what was durable by then stays. */
async function dyingRelease(store: Quarantine, log: EventLog, source: IngestSource, when: string): Promise<void> {
  const append = (request: AppendRequest): Promise<Result<Appended>> => {
    if (when === 'die before the append') throw new Death();
    return log.append(request);
  };
  const settle: Quarantine['settle'] = (input) => {
    if (when === 'die before the settle') throw new Death();
    return store.settle(input);
  };
  const deps: ReleaseDeps = { ...depsOf({ ...store, settle }, log, source), log: { append, find: (id, from) => log.find(id, from) } };
  await releaseHeld(deps, {}, 1000).catch((error) => {
    if (!(error instanceof Death)) throw error;
  });
}

/** The store without its worker. */
function inThread(database: string): Quarantine {
  const ops = createQuarantineStore();
  ops.open({ file: database, limits });
  return {
    async put(events) {
      const { stored } = ops.put({ events });
      const count = stored.filter((isNew) => isNew).length;
      return ok({ stored: count, duplicate: events.length - count });
    },
    list: async (choice, afterId, limit) => ok(ops.list({ choice, afterId, limit })),
    groups: async (by = 'event') => ok(ops.groups({ by })),
    totals: async () => ok(ops.totals(null)),
    claim: async (choice, afterId, limit) => ok(ops.claim({ choice, afterId, limit })),
    settle: async (input) => ok(ops.settle(input)),
    unsettled: async () => ok(ops.unsettled(null)),
    count: async (choice) => ok(ops.count({ choice })),
    discard: async (choice) => ok(ops.discard({ choice })),
    expire: async (beforeMs) => ok(ops.expire({ beforeMs, limits })),
    kept: async (beforeMs) => ok(ops.kept({ beforeMs })),
    personal: async (match, afterId) => ok(ops.personal({ match, afterId })),
    erasePersonal: async (match) => ok(ops.erasePersonal({ match, afterId: 0 })),
    close: async () => ops.close(null),
  };
}

describe('the count of violations', () => {
  it('stays bounded however many names senders make up', () => {
    let now = 5;
    const book = createViolationBook(() => now);
    const plan = compilePlan({ id: 'web', revision: 1, value: planSchema.parse({ name: 'Web' }) }, createSchemaCompiler());
    for (let index = 0; index < 1500; index++) {
      now = 10 + index;
      book.record(plan, 'web', `Event ${index}`, 'report', [{ path: `/${index}`, message: 'x' }]);
    }
    const lines = book.read({ plan: 'web' });
    expect(lines).toHaveLength(1001);
    expect(lines[0]).toMatchObject({ event: '(other events)', events: 500, firstAt: 1010, lastAt: 1509 });
    expect(lines[0]?.kinds).toHaveLength(20);
    expect(book.read({ source: 'ios' })).toEqual([]);
    expect(book.since).toBe(5);
  });
});
