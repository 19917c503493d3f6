/**
 * How long each class of data is kept, by time and by size. The log, quarantine, dead letters, telemetry and the records
 * of what has ended have limits; the audit has none.
 */
import type { Settings } from '#contract/documents/settings.ts';
import type { OutputOf, ParsedInputOf } from '#contract/operation.ts';
import type { retentionPurge, retentionRead } from '#contract/operations/erasure.ts';
import { ok, type Result } from '#contract/result.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import type { People } from '#gateway/people/people.ts';
import type { Quarantine } from '#gateway/quarantine/quarantine.ts';
import type { Telemetry } from '#gateway/telemetry/telemetry.ts';
import { countDeadLetters, type DeadLetterDeps, tidyDeadLetters } from './dead-letters.ts';
import { countEnded, dropEnded, erasureKinds, type Records, recordKinds, recordsOf } from './records.ts';

export interface RetentionDeps extends DeadLetterDeps {
  readonly log: Pick<EventLog, 'now' | 'kept' | 'truncate' | 'deadSlice' | 'stats'>;
  readonly quarantine: Pick<Quarantine, 'kept' | 'expire'>;
  readonly telemetry: Pick<Telemetry['stored'], 'keepRollups' | 'kept' | 'purge'>;
  readonly people: Pick<People, 'erasures'>;
  readonly store: DocumentStore;
  settings(): Settings;
  destinations(): readonly string[];
  /** Bytes that the log takes, as last noticed. */
  usedBytes(): number;
}

export type RetentionLine = OutputOf<typeof retentionRead>['classes'][number];
export type Purge = Pick<ParsedInputOf<typeof retentionPurge>, 'class' | 'destination' | 'olderThanMs'>;
export type Purged = OutputOf<typeof retentionPurge>;

export interface Retention {
  read(): Promise<Result<readonly RetentionLine[]>>;
  purge(purge: Purge, isDryRun: boolean): Promise<Result<Purged>>;
  /** Brings everything within its limits that has no owner of its own that does. Called now and then. */
  tidy(): Promise<void>;
}

/** Dead letters are looked through at most so often, ms. */
const deadLettersEveryMs = 600_000;
/** Over this share of the disk budget, settled segments go before their retention is over. */
const crowdedShare = 0.85;
const leastRetentionMs = 60_000;
const none = { ageMs: null, bytes: null, items: null };

export function createRetention(deps: RetentionDeps): Retention {
  let deadLettersAt = Number.NEGATIVE_INFINITY;

  return {
    async read() {
      const parts = await Promise.all([logLine(deps), quarantineLine(deps), deadLetterLines(deps), telemetryLine(deps)]);
      const failed = parts.find((part) => !part.ok);
      if (failed && !failed.ok) return failed;
      return ok([...parts.flatMap((part) => (part.ok ? part.value : [])), auditLine(deps), ...recordLines(deps)]);
    },
    purge: (purge, isDryRun) => purgers[purge.class](deps, purge, isDryRun),
    async tidy() {
      const { log, settings, telemetry, destinations } = deps;
      const { retentionMs, diskBudgetBytes, retention } = settings();
      telemetry.keepRollups(retention.rollupAgeMs);
      await log.truncate(retentionMs);
      await log.truncate(0, retention.settledMaxBytes);
      if (deps.usedBytes() > diskBudgetBytes * crowdedShare) await log.truncate(leastRetentionMs);
      dropEnded(deps.store, erasureKinds, log.now() - retention.erasureAgeMs);
      dropEnded(deps.store, recordKinds, log.now() - retention.recordAgeMs);
      await deps.people.erasures.dropErased(log.now() - retention.erasureAgeMs);
      if (log.now() - deadLettersAt < deadLettersEveryMs) return;
      deadLettersAt = log.now();
      const limits = { beforeMs: log.now() - retention.deadLetterAgeMs, maxBytes: retention.deadLetterMaxBytes };
      for (const destination of destinations()) await tidyDeadLetters(deps, destination, limits);
    },
  };
}

type Lines = Promise<Result<readonly RetentionLine[]>>;

async function logLine({ log, settings }: RetentionDeps): Lines {
  const { retentionMs, retention } = settings();
  const { oldestAt, parts } = await log.kept();
  const [first] = parts;
  return ok([
    {
      class: 'log',
      destination: null,
      keptSince: oldestAt,
      items: parts.reduce((sum, { events }) => sum + events, 0),
      bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
      limit: { ageMs: retentionMs, bytes: retention.settledMaxBytes, items: null },
      nextPurgeAt: first?.isPassed ? first.lastAt + retentionMs : null,
    },
  ]);
}

async function quarantineLine({ quarantine, settings }: RetentionDeps): Lines {
  const { quarantineAgeMs, quarantineMaxBytes, quarantineMaxEvents } = settings();
  const kept = await quarantine.kept(0);
  if (!kept.ok) return kept;
  const { events, bytes, oldestAt } = kept.value;
  const limit = { ageMs: quarantineAgeMs, bytes: quarantineMaxBytes, items: quarantineMaxEvents };
  const nextPurgeAt = oldestAt === null ? null : oldestAt + quarantineAgeMs;
  return ok([{ class: 'quarantine', destination: null, keptSince: oldestAt, items: events, bytes, limit, nextPurgeAt }]);
}

async function deadLetterLines(deps: RetentionDeps): Lines {
  const { deadLetterAgeMs, deadLetterMaxBytes } = deps.settings().retention;
  const limit = { ageMs: deadLetterAgeMs, bytes: deadLetterMaxBytes, items: null };
  const lines = deps.destinations().map(async (destination): Promise<RetentionLine> => {
    const { rows, bytes, oldestAt } = await countDeadLetters(deps, destination, 0);
    const nextPurgeAt = oldestAt === null ? null : oldestAt + deadLetterAgeMs;
    return { class: 'deadLetters', destination, keptSince: oldestAt, items: rows, bytes, limit, nextPurgeAt };
  });
  return ok(await Promise.all(lines));
}

async function telemetryLine({ telemetry, settings }: RetentionDeps): Lines {
  const { rollupAgeMs } = settings().retention;
  const { windows, bytes, oldestAt } = await telemetry.kept();
  const limit = { ageMs: rollupAgeMs, bytes: null, items: null };
  const nextPurgeAt = oldestAt === null ? null : oldestAt + rollupAgeMs;
  return ok([{ class: 'telemetry', destination: null, keptSince: oldestAt, items: windows, bytes, limit, nextPurgeAt }]);
}

/** Never purged: it is the proof of everything else. */
function auditLine({ store }: RetentionDeps): RetentionLine {
  const [first] = store.audit(2, 1);
  const [last] = store.audit(null, 1);
  return {
    class: 'audit',
    destination: null,
    keptSince: first?.at ?? last?.at ?? null,
    items: last?.seq ?? 0,
    bytes: null,
    limit: none,
    nextPurgeAt: null,
  };
}

function recordLines({ store, settings }: RetentionDeps): readonly RetentionLine[] {
  const { erasureAgeMs, recordAgeMs } = settings().retention;
  return [
    recordLine('erasures', recordsOf(store, erasureKinds), erasureAgeMs),
    recordLine('records', recordsOf(store, recordKinds), recordAgeMs),
  ];
}

function recordLine(name: 'erasures' | 'records', { count, endedAt, since }: Records, ageMs: number): RetentionLine {
  return {
    class: name,
    destination: null,
    keptSince: since,
    items: count,
    bytes: null,
    limit: { ageMs, bytes: null, items: null },
    nextPurgeAt: endedAt.length === 0 ? null : Math.min(...endedAt) + ageMs,
  };
}

type Purger = (deps: RetentionDeps, purge: Purge, isDryRun: boolean) => Promise<Result<Purged>>;

const purgers: Readonly<Record<Purge['class'], Purger>> = {
  async log({ log }, { olderThanMs }, isDryRun) {
    const { parts } = await log.kept();
    const stays = parts.findIndex(({ isPassed, lastAt }) => !isPassed || lastAt > log.now() - olderThanMs);
    const going = parts.slice(0, stays < 0 ? parts.length : stays);
    const items = going.reduce((sum, { events }) => sum + events, 0);
    const bytes = isDryRun ? going.reduce((sum, part) => sum + part.bytes, 0) : await log.truncate(olderThanMs);
    return ok({ items, bytes });
  },
  async quarantine({ log, quarantine }, { olderThanMs }, isDryRun) {
    const beforeMs = log.now() - olderThanMs;
    const kept = await quarantine.kept(beforeMs);
    if (!kept.ok) return kept;
    if (isDryRun) return ok({ items: kept.value.older, bytes: null });
    const expired = await quarantine.expire(beforeMs);
    return expired.ok ? ok({ items: expired.value, bytes: null }) : expired;
  },
  async deadLetters(deps, { destination, olderThanMs }, isDryRun) {
    const beforeMs = deps.log.now() - olderThanMs;
    let items = 0;
    for (const id of destination === undefined ? deps.destinations() : [destination])
      items += isDryRun
        ? (await countDeadLetters(deps, id, beforeMs)).older
        : await tidyDeadLetters(deps, id, { beforeMs, maxBytes: Number.POSITIVE_INFINITY });
    return ok({ items, bytes: null });
  },
  async telemetry({ log, telemetry }, { olderThanMs }, isDryRun) {
    return ok({ items: await telemetry.purge(log.now() - olderThanMs, isDryRun), bytes: null });
  },
  async erasures(deps, { olderThanMs }, isDryRun) {
    const beforeMs = deps.log.now() - olderThanMs;
    if (isDryRun) return ok({ items: countEnded(deps.store, erasureKinds, beforeMs), bytes: null });
    const dropped = await deps.people.erasures.dropErased(beforeMs);
    return dropped.ok ? ok({ items: dropEnded(deps.store, erasureKinds, beforeMs), bytes: null }) : dropped;
  },
  async records({ store, log }, { olderThanMs }, isDryRun) {
    const act = isDryRun ? countEnded : dropEnded;
    return ok({ items: act(store, recordKinds, log.now() - olderThanMs), bytes: null });
  },
};
