import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drillSchema } from '#contract/documents/drill.ts';
import { settingsSchema } from '#contract/documents/settings.ts';
import { operations } from '#contract/operations/index.ts';
import { ok } from '#contract/result.ts';
import { call, codeOf, createControlRoom, unwrap } from '#gateway/control/testing/control-room.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import { createMemoryLog } from '#gateway/log/memory-log.ts';
import { appended, batchRequest, deltaOf, sideRow } from '#gateway/log/testing/requests.ts';
import { createRetentionHandlers } from './handlers.ts';
import { createRetention, type Purge, type Retention } from './retention.ts';

const day = 86_400_000;
const start = 1_795_000_000_000;

let now: number;
let log: EventLog;
let control: Awaited<ReturnType<typeof createControlRoom>>;
let retention: Retention;
let settings: ReturnType<typeof settingsSchema.parse>;
const told: string[] = [];
const truncated: (readonly number[])[] = [];

beforeEach(async () => {
  now = start;
  told.length = 0;
  truncated.length = 0;
  settings = settingsSchema.parse({});
  control = await createControlRoom();
  log = createMemoryLog({ now: () => now });
  const truncate = log.truncate.bind(log);
  log.truncate = (...args) => {
    truncated.push(args.filter((arg) => arg !== undefined));
    return truncate(...args);
  };
  retention = createRetention({
    log,
    expire: async (destination, seqs) => {
      const { epoch } = await log.open(destination);
      return log.replaying.discardDead(destination, epoch, seqs, 'expired');
    },
    quarantine: {
      kept: async (beforeMs) => ok({ events: 5, bytes: 900, oldestAt: start - day, older: beforeMs > start - day ? 2 : 0 }),
      expire: async () => ok(2),
    },
    telemetry: {
      keepRollups: (ms) => told.push(`rollups ${ms}`),
      kept: async () => ({ windows: 7, bytes: 70, oldestAt: start - 2 * day }),
      purge: async (_beforeMs, isDryRun) => (isDryRun ? 3 : 4),
    },
    people: {
      erasures: {
        dropErased: async (beforeMs: number) => {
          told.push(`erased before ${beforeMs}`);
          return ok(0);
        },
      } as never,
    },
    store: control.store,
    settings: () => settings,
    destinations: () => ['hook'],
    usedBytes: () => 0,
  });
});
afterEach(() => log.close());

/** Dead letters that died a day apart, the first now. */
async function die(count: number): Promise<void> {
  const route = log.route([await log.register('hook')]);
  const ids = Array.from({ length: count }, (_, i) => `m${i}`);
  await appended(log, batchRequest(log, ids, { route, filler: 1000 }));
  const { epoch } = await log.open('hook');
  await log.settle(deltaOf('hook', epoch, { cursor: count, put: ids.map((_, i) => sideRow(i + 1, 'dead', start + i * day)) }));
}
const line = async (name: string) => unwrap(await retention.read()).find((each) => each.class === name);
const purge = (what: Purge, isDryRun = false) => retention.purge(what, isDryRun).then(unwrap);

describe('retention', () => {
  it('says for each class since when, how much, how long and when next', async () => {
    await die(3);
    expect(await line('deadLetters')).toMatchObject({
      destination: 'hook',
      keptSince: start,
      items: 3,
      limit: { ageMs: 30 * day, bytes: 1024 ** 3 },
      nextPurgeAt: start + 30 * day,
    });
    expect(await line('log')).toMatchObject({ keptSince: start, items: 3, limit: { ageMs: 7 * day }, nextPurgeAt: null });
    expect(await line('quarantine')).toMatchObject({ items: 5, bytes: 900, nextPurgeAt: start - day + settings.quarantineAgeMs });
    expect(await line('telemetry')).toMatchObject({ items: 7, nextPurgeAt: start + 28 * day });
    expect(await line('audit')).toMatchObject({ limit: { ageMs: null, bytes: null, items: null }, nextPurgeAt: null });
    const classes = unwrap(await retention.read());
    expect(() => operations['retention.read'].output.parse({ classes })).not.toThrow();
  });

  it('lets dead letters expire that are too old', async () => {
    await die(5);
    now = start + 32.5 * day;
    await retention.tidy();
    expect(await log.ledger('hook')).toMatchObject({ dead: 2, terminal: { expired: 3 }, violations: [] });
  });

  it('lets the oldest dead letters of a destination expire that keeps too much', async () => {
    await die(5);
    const { bytes } = (await line('deadLetters')) ?? {};
    settings = { ...settings, retention: { ...settings.retention, deadLetterMaxBytes: Math.ceil((bytes ?? 0) / 2) } };
    await retention.tidy();
    const { rows } = await log.deadLetters('hook', 0, 10);
    expect(rows.map(({ row }) => row.seq)).toEqual([4, 5]);
    expect(await log.ledger('hook')).toMatchObject({ terminal: { expired: 3 }, violations: [] });
  });

  it('looks through dead letters every ten minutes, and at the rest each time', async () => {
    await die(2);
    await retention.tidy();
    now = start + 31.5 * day;
    await retention.tidy();
    const once = (await log.ledger('hook')).terminal.expired;
    now += 60_000;
    await retention.tidy();
    expect(once).toBe(2);
    expect(truncated.filter(([keepMs]) => keepMs === settings.retentionMs)).toHaveLength(3);
    expect(truncated).toContainEqual([0, settings.retention.settledMaxBytes]);
    expect(told).toContain(`rollups ${settings.retention.rollupAgeMs}`);
    expect(told).toContain(`erased before ${now - settings.retention.erasureAgeMs}`);
  });

  it('purges what was asked for, and in a dry run only counts', async () => {
    await die(4);
    now = start + 3 * day;
    const old = { class: 'deadLetters', destination: 'hook', olderThanMs: 1.5 * day } as const;
    expect(await purge(old, true)).toEqual({ items: 2, bytes: null });
    expect((await log.ledger('hook')).dead).toBe(4);
    expect(await purge(old)).toEqual({ items: 2, bytes: null });
    expect(await log.ledger('hook')).toMatchObject({ dead: 2, terminal: { expired: 2 }, violations: [] });
    expect(await purge({ class: 'quarantine', olderThanMs: 0 }, true)).toEqual({ items: 2, bytes: null });
    expect(await purge({ class: 'quarantine', olderThanMs: 0 })).toEqual({ items: 2, bytes: null });
    expect(await purge({ class: 'telemetry', olderThanMs: 0 }, true)).toEqual({ items: 3, bytes: null });
    expect(await purge({ class: 'telemetry', olderThanMs: 0 })).toEqual({ items: 4, bytes: null });
    expect(await purge({ class: 'erasures', olderThanMs: 0 }, true)).toEqual({ items: 0, bytes: null });
  });

  it('lets the records of what ended long ago go, not of what goes on, and keeps their story', async () => {
    const drill = (endedAt: number | null) =>
      drillSchema.parse({
        kind: 'slow-vendor',
        destination: 'hook',
        touches: ['hook'],
        phase: endedAt === null ? 'breaking' : 'done',
        outcome: null,
        startedAt: start,
        brokenAt: null,
        detectedAt: null,
        detectedBy: '',
        liftedAt: null,
        recoveredAt: null,
        endedAt,
        note: '',
      });
    const attribution = { by: 'ada', action: 'drill.start', target: 'drill/one', reason: '', commandId: null };
    const put = (id: string, endedAt: number | null) => control.store.commit([{ kind: 'drill', id, value: drill(endedAt) }], attribution);
    await log.register('hook');
    put('old', start);
    put('young', start + 2 * day);
    put('running', null);
    settings = { ...settings, retention: { ...settings.retention, recordAgeMs: day } };
    now = start + 2.5 * day;
    expect(await line('records')).toMatchObject({ items: 3, keptSince: start, limit: { ageMs: day }, nextPurgeAt: start + day });
    expect(await purge({ class: 'records', olderThanMs: day }, true)).toEqual({ items: 1, bytes: null });
    await retention.tidy();
    expect(control.store.list('drill').map(({ id }) => id)).toEqual(['running', 'young']);
    expect(control.store.history('drill', 'old', 5).map(({ value }) => value !== null)).toEqual([false, true]);
    expect(control.store.audit(null, 1)).toMatchObject([{ action: 'record.expired', target: 'drill/old', by: 'system' }]);
  });

  it('asks for a reason and the word, is in the audit, and never touches that', async () => {
    await die(1);
    now = start + day;
    const handlers = createRetentionHandlers({ store: control.store, retention });
    const ask = (input: object) =>
      handlers['retention.purge'](
        operations['retention.purge'].input.parse({ class: 'deadLetters', olderThanMs: 0, ...input }),
        call(),
      ) as Promise<never>;
    expect(codeOf(await ask({ confirm: 'purge' }))).toBe('REASON_REQUIRED');
    expect(codeOf(await ask({ reason: 'full' }))).toBe('CONFIRMATION_REQUIRED');
    expect((await log.ledger('hook')).dead).toBe(1);
    expect(unwrap(await ask({ reason: 'full', confirm: 'purge' }))).toEqual({ items: 1, bytes: null });
    expect(control.store.audit(null, 3).map(({ action }) => action)).toContain('retention.purge');
    expect(operations['retention.purge'].input.safeParse({ class: 'audit', olderThanMs: 0 }).success).toBe(false);
  });
});
