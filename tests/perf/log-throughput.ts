/**
 * What the event log costs, by itself: `node tests/perf/log-throughput.ts [seconds] [part...]`.
 * Parts: single, batch, settle, recover. Figures of a shared machine: compare runs, never days.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { addMember } from '#gateway/log/digest.ts';
import type { AppendRequest, EventLog, RouteId } from '#gateway/log/event-log.ts';
import { openSqliteLog, type SqliteLog } from '#gateway/log/sqlite-log.ts';
import { toGatewayEvent } from '#gateway/pipeline/to-event.ts';

const seconds = Number(process.argv[2] ?? 3);
const parts = process.argv.length > 3 ? process.argv.slice(3) : ['single', 'batch', 'settle', 'recover'];
const encoder = new TextEncoder();
const filler = 'x'.repeat(330);
let nextId = 0;

async function open(folder: string): Promise<SqliteLog> {
  const opened = await openSqliteLog({
    folder,
    diskBudgetBytes: 20e9,
    dedupeWindowMs: 7 * 86_400_000,
    dedupeMaxEntries: 5_000_000,
    retentionMs: 7 * 86_400_000,
  });
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  return opened.value;
}

function rawEvent() {
  const messageId = `ajs-next-${String(nextId++).padStart(12, '0')}-7f3a-4c1e`;
  return {
    type: 'track',
    event: 'Order Completed',
    messageId,
    userId: 'user-12345',
    timestamp: '2026-11-20T12:00:00.000Z',
    properties: { total: 12.5, filler },
  };
}

function single(log: EventLog, route: RouteId): AppendRequest {
  const raw = rawEvent();
  const receivedAt = log.now();
  const event = toGatewayEvent(raw, { source: 'web', receivedAt, type: 'track' });
  return {
    source: 'web',
    receivedAt,
    body: encoder.encode(JSON.stringify(raw)),
    events: [{ messageId: raw.messageId, type: 'track', route, element: -1, event }],
  };
}

function batch(log: EventLog, route: RouteId, size: number): AppendRequest {
  const raws = Array.from({ length: size }, rawEvent);
  const receivedAt = log.now();
  const body = { batch: raws, sentAt: '2026-11-20T12:00:00.000Z' };
  const events = raws.map((raw, element) => ({
    messageId: raw.messageId,
    type: 'track' as const,
    route,
    element,
    event: toGatewayEvent(raw, { source: 'web', receivedAt, type: 'track', shared: body }),
  }));
  return { source: 'web', receivedAt, body: encoder.encode(JSON.stringify(body)), events };
}

function quantile(samples: readonly number[], q: number): string {
  const sorted = [...samples].sort((a, b) => a - b);
  return (sorted[Math.floor(sorted.length * q)] ?? 0).toFixed(2);
}

/** Prepared requests are handed in by `callers` at once; only the log's own work is timed. */
async function appendAll(log: SqliteLog, requests: readonly AppendRequest[], callers: number): Promise<{ perSecond: number; cpu: number }> {
  let next = 0;
  let accepted = 0;
  const caller = async () => {
    while (next < requests.length) {
      const result = await log.append(requests[next++] as AppendRequest);
      if (!result.ok) throw new Error(JSON.stringify(result.error));
      accepted += result.value.accepted;
    }
  };
  const cpuBefore = process.cpuUsage();
  const loopBefore = performance.eventLoopUtilization();
  const started = performance.now();
  await Promise.all(Array.from({ length: callers }, caller));
  const ms = performance.now() - started;
  const loop = performance.eventLoopUtilization(loopBefore);
  const cpu = process.cpuUsage(cpuBefore);
  const { commitMs } = log.stats();
  const total = (cpu.user + cpu.system) / 1000;
  console.log(
    `  ${Math.round((accepted / ms) * 1000)} events/s, ${(accepted / commitMs.length).toFixed(0)}+ events/commit, commit p50 ${quantile(commitMs, 0.5)} p99 ${quantile(commitMs, 0.99)} max ${quantile(commitMs, 0.9999)} ms, main thread ${(((loop.utilization * ms) / accepted) * 1000).toFixed(2)} µs/event, process ${((total / accepted) * 1000).toFixed(2)} µs/event`,
  );
  return { perSecond: (accepted / ms) * 1000, cpu: total / ms };
}

async function inFolder(name: string, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-log-'));
  console.log(name);
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const measures: Record<string, () => Promise<void>> = {
  single: () =>
    inFolder('append, 500-byte single events, 64 callers', async (folder) => {
      const log = await open(folder);
      await log.ready();
      const route = log.route([await log.register('a'), await log.register('b')]);
      for (let round = 0; round < seconds; round++)
        await appendAll(
          log,
          Array.from({ length: 40_000 }, () => single(log, route)),
          64,
        );
      await log.close();
    }),
  batch: () =>
    inFolder('append, batches of 100 (50 KB), 16 callers', async (folder) => {
      const log = await open(folder);
      await log.ready();
      const route = log.route([await log.register('a'), await log.register('b')]);
      for (let round = 0; round < seconds; round++)
        await appendAll(
          log,
          Array.from({ length: 1000 }, () => batch(log, route, 100)),
          16,
        );
      await log.close();
    }),
  settle: () =>
    inFolder('settle, 8 lanes, 1,000 events each', async (folder) => {
      const log = await open(folder);
      await log.ready();
      const names = Array.from({ length: 8 }, (_, i) => `d${i}`);
      const route = log.route(await Promise.all(names.map((name) => log.register(name))));
      const lanes = await Promise.all(names.map(async (name) => ({ name, epoch: (await log.open(name)).epoch, cursor: 0 })));
      const settles = 100;
      for (let i = 0; i < settles; i++) await Promise.all(Array.from({ length: 10 }, () => log.append(batch(log, route, 100))));
      const cpuBefore = process.cpuUsage();
      const started = performance.now();
      for (let i = 0; i < settles; i++) {
        await Promise.all(
          lanes.map((lane) => {
            const digest = { hi: 0, lo: 0 };
            for (let seq = lane.cursor + 1; seq <= lane.cursor + 1000; seq++) addMember(digest, seq);
            lane.cursor += 1000;
            return log.settle({
              destination: lane.name,
              epoch: lane.epoch,
              cursor: lane.cursor,
              sidePut: [],
              sideRemove: [],
              heldSet: [],
              heldClear: [],
              tally: { confirmed: { count: 1000, digest } },
            });
          }),
        );
      }
      const cpu = process.cpuUsage(cpuBefore);
      const { settleMs } = log.stats();
      const each = (cpu.user + cpu.system) / 1000 / (settles * lanes.length);
      console.log(
        `  ${(performance.now() - started).toFixed(0)} ms for ${settles * lanes.length}, p50 ${quantile(settleMs, 0.5)} p99 ${quantile(settleMs, 0.99)} ms, ${each.toFixed(3)} ms of CPU each: 160 a second take ${(each * 16).toFixed(1)} % of a core`,
      );
      for (const lane of lanes) {
        const { violations } = await log.ledger(lane.name);
        if (violations.length > 0) throw new Error(violations.join());
      }
      await log.close();
    }),
  recover: () =>
    inFolder('recover, 1,000,000 waiting for 10 destinations', async (folder) => {
      const before = await open(folder);
      await before.ready();
      const names = Array.from({ length: 10 }, (_, i) => `d${i}`);
      const route = before.route(await Promise.all(names.map((name) => before.register(name))));
      for (let i = 0; i < 100; i++) await Promise.all(Array.from({ length: 100 }, () => before.append(batch(before, route, 100))));
      console.log(
        `  RSS after filling ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB, on disk ${(before.stats().bytes / 1e6).toFixed(0)} MB`,
      );
      await before.kill();
      globalThis.gc?.();
      const rss = process.memoryUsage().rss;
      const started = performance.now();
      const log = await open(folder);
      const opened = performance.now();
      const lane = await log.open('d0');
      const page = await log.readDisk('d0', lane.cursor, { events: 512, bytes: 1024 * 1024 });
      console.log(
        `  open ${(opened - started).toFixed(0)} ms, first page of ${page.records.length} after ${(performance.now() - started).toFixed(0)} ms`,
      );
      await log.ready();
      console.log(
        `  ingest open after ${(performance.now() - started).toFixed(0)} ms, dedupe entries ${log.stats().dedupeEntries}, RSS ${((process.memoryUsage().rss - rss) / 1e6).toFixed(0)} MB above, ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB in all`,
      );
      const at = performance.now();
      const ledger = await log.ledger('d0');
      console.log(
        `  ledger ${(performance.now() - at).toFixed(0)} ms: ${ledger.waiting} waiting, ${ledger.violations.join('; ') || 'balanced'}`,
      );
      await log.close();
    }),
};

for (const part of parts) await measures[part]?.();
