/** A control server that answers as a gateway would, and a `sluice` that runs in this process. */

import type { Io } from '#cli/io.ts';
import { runCli } from '#cli/program.ts';
import { appError } from '#contract/errors.ts';
import { operations } from '#contract/operations/index.ts';
import { topics } from '#contract/operations/topics.ts';
import { err, ok } from '#contract/result.ts';
import { secret } from '#contract/secret.ts';
import { createService, type Handlers, type Sink } from '#contract/service.ts';
import type { Tick } from '#contract/telemetry/tick.ts';
import { createControlServer } from '#gateway/server/control-server.ts';

export const token = 'the-token-of-this-test';
/** The time it is for every command. */
export const now = Date.parse('2026-11-20T12:00:00Z');

const served = {
  'switch.set': operations['switch.set'],
  'document.drift': operations['document.drift'],
  'ledger.read': operations['ledger.read'],
  'event.where': operations['event.where'],
  'audit.note': operations['audit.note'],
  'command.outcome': operations['command.outcome'],
  'quarantine.list': operations['quarantine.list'],
  'quarantine.release': operations['quarantine.release'],
  'quarantine.discard': operations['quarantine.discard'],
  'verdict.read': operations['verdict.read'],
  'verdict.probe': operations['verdict.probe'],
  'drill.list': operations['drill.list'],
  'drill.start': operations['drill.start'],
  'backup.list': operations['backup.list'],
  'backup.run': operations['backup.run'],
  'backup.verify': operations['backup.verify'],
  'backup.drill': operations['backup.drill'],
  'erasure.request': operations['erasure.request'],
  'erasure.list': operations['erasure.list'],
  'person.export': operations['person.export'],
  'retention.read': operations['retention.read'],
  'retention.purge': operations['retention.purge'],
  'restorePoint.export': operations['restorePoint.export'],
  'restorePoint.import': operations['restorePoint.import'],
  'system.status': operations['system.status'],
};
export type Served = Handlers<typeof served>;

const node = {
  node: 'one',
  inForceAt: now + 0.4,
  durableAt: now + 2,
  inFlight: 3,
  drained: 3,
  uncertain: 0,
  pending: 0,
  escaped: 0,
  lastSent: { destination: 'hubspot', messageId: 'last-one', at: now - 5 },
};
export const proof = { revision: 7, receivedAt: now, nodes: [node] };
export const preview = { destinations: [] };

const none = { filtered: 0, held: 0, retrying: 0, dead: 0, accepted: 0, suppressed: 0, dropped: 0, diverted: 0, expired: 0 };
const counts = { destination: 'hubspot', total: 10, replayed: 0, divertedIn: 0, cursor: 8, head: 10 };
export const ledger = { ...counts, states: { ...none, waiting: 2, confirmed: 8 }, balanced: true, violations: [] as string[] };

export function auditEntry(seq: number) {
  return { seq, at: now, by: 'ada', action: 'switch.set', target: 'hubspot', outcome: 'ok', reason: '', commandId: null, hash: '00' };
}

const status = {
  version: '0.1.0',
  node: 'one',
  environment: 'embedded',
  startedAt: now - 7_800_000,
  dataFolder: '/data',
  holdFile: '/data/hold',
  incarnation: 'c0ffee000001',
  ingestUrl: 'http://127.0.0.1:8400',
  controlUrl: 'ws://127.0.0.1:8401/v1/control',
  durability: 'fsync' as const,
  ready: true,
  notReady: [] as string[],
  unbalanced: [] as { destination: string; violations: string[] }[],
  dedupeWindowMs: 604_800_000,
};

const noLatency = { n: 0, p50: null, p95: null, p99: null };
const resources = {
  cpu: 0.1,
  loopLagP99Ms: 1,
  rssBytes: 120_000_000,
  heapBytes: 1,
  diskFreeBytes: null,
  logBytes: 1,
  commit: noLatency,
  settle: noLatency,
  sockets: 1,
};
const quiet = { confirmed: 0, dropped: 0, errors: {}, inFlight: 0, held: 0, retrying: 0, dead: 3, bytesOut: 0, budgetUsed: 0 };

function tickAt(at: number, state: 'flowing' | 'parked'): Tick {
  const latency = { n: 150, p50: 8, p95: 20, p99: 31.4 };
  const live = { id: 'hubspot', state, since: at, why: '', desired: 'flow' as const, health: 'healthy' as const, delivered: 150, latency };
  const hubspot = { ...live, ...quiet, waiting: 12, oldestAt: now - 4000, breaker: 'closed' as const };
  return { at, windowMs: 1000, node: 'one', head: 9, resources, sources: [], destinations: [hubspot], flows: [] };
}

export interface FakeGateway {
  readonly url: string;
  /** What `switch.set` was asked. */
  readonly asked: { readonly input: unknown; readonly by: string }[];
  readonly sinks: Sink[];
  /** Replaces a handler. */
  serve(handlers: Partial<Served>): void;
  close(): Promise<void>;
}

export async function startFakeGateway(): Promise<FakeGateway> {
  const asked: FakeGateway['asked'] = [];
  const sinks: Sink[] = [];
  let handlers: Served = {
    'switch.set': (input, { by }) => {
      asked.push({ input, by });
      return ok({ preview, proof: input.dryRun ? null : proof });
    },
    'document.drift': () => ok({ drift: [] }),
    'ledger.read': () => ok({ incarnation: 'c0ffee000001', ledgers: [ledger], sources: [] }),
    'event.where': ({ messageId }) => err(appError('EVENT_NOT_FOUND', { messageId })),
    'audit.note': () => ok({ seq: 1 }),
    'command.outcome': () => err(appError('COMMAND_UNKNOWN')),
    'quarantine.list': () => err(appError('GATEWAY_INTERNAL')),
    'quarantine.release': () => err(appError('GATEWAY_INTERNAL')),
    'quarantine.discard': () => err(appError('GATEWAY_INTERNAL')),
    'verdict.read': () => err(appError('GATEWAY_INTERNAL')),
    'verdict.probe': () => err(appError('GATEWAY_INTERNAL')),
    'drill.list': () => err(appError('GATEWAY_INTERNAL')),
    'drill.start': () => err(appError('GATEWAY_INTERNAL')),
    'backup.list': () => err(appError('GATEWAY_INTERNAL')),
    'backup.run': () => err(appError('GATEWAY_INTERNAL')),
    'backup.verify': () => err(appError('GATEWAY_INTERNAL')),
    'backup.drill': () => err(appError('GATEWAY_INTERNAL')),
    'erasure.request': () => err(appError('GATEWAY_INTERNAL')),
    'erasure.list': () => err(appError('GATEWAY_INTERNAL')),
    'person.export': () => err(appError('GATEWAY_INTERNAL')),
    'retention.read': () => err(appError('GATEWAY_INTERNAL')),
    'retention.purge': () => err(appError('GATEWAY_INTERNAL')),
    'restorePoint.export': () => err(appError('GATEWAY_INTERNAL')),
    'restorePoint.import': () => err(appError('GATEWAY_INTERNAL')),
    'system.status': () => ok(status),
  };
  const service = createService({
    operations: served,
    handlers: {
      'switch.set': (...args) => handlers['switch.set'](...args),
      'document.drift': (...args) => handlers['document.drift'](...args),
      'ledger.read': (...args) => handlers['ledger.read'](...args),
      'event.where': (...args) => handlers['event.where'](...args),
      'audit.note': (...args) => handlers['audit.note'](...args),
      'command.outcome': (...args) => handlers['command.outcome'](...args),
      'quarantine.list': (...args) => handlers['quarantine.list'](...args),
      'quarantine.release': (...args) => handlers['quarantine.release'](...args),
      'quarantine.discard': (...args) => handlers['quarantine.discard'](...args),
      'verdict.read': (...args) => handlers['verdict.read'](...args),
      'verdict.probe': (...args) => handlers['verdict.probe'](...args),
      'drill.list': (...args) => handlers['drill.list'](...args),
      'drill.start': (...args) => handlers['drill.start'](...args),
      'backup.list': (...args) => handlers['backup.list'](...args),
      'backup.run': (...args) => handlers['backup.run'](...args),
      'backup.verify': (...args) => handlers['backup.verify'](...args),
      'backup.drill': (...args) => handlers['backup.drill'](...args),
      'erasure.request': (...args) => handlers['erasure.request'](...args),
      'erasure.list': (...args) => handlers['erasure.list'](...args),
      'person.export': (...args) => handlers['person.export'](...args),
      'retention.read': (...args) => handlers['retention.read'](...args),
      'retention.purge': (...args) => handlers['retention.purge'](...args),
      'restorePoint.export': (...args) => handlers['restorePoint.export'](...args),
      'restorePoint.import': (...args) => handlers['restorePoint.import'](...args),
      'system.status': (...args) => handlers['system.status'](...args),
    },
    topics: { 'audit.appended': topics['audit.appended'], 'telemetry.tick': topics['telemetry.tick'] },
    feeds: {
      'audit.appended': (_params, sink) => {
        sinks.push(sink);
        for (let seq = 1; seq <= 5; seq += 1) sink.push([auditEntry(seq)], seq);
        return () => {};
      },
      'telemetry.tick': (_params, sink) => {
        // A gateway repeats its last tick to whoever subscribes, then ticks.
        sink.push([tickAt(now - 1, 'parked')]);
        sink.push([tickAt(now + 999, 'flowing')]);
        return () => {};
      },
    },
  });
  const started = await createControlServer({
    port: 0,
    token: secret(token),
    service,
    logger: { info: () => {}, warn: () => {}, error: () => {} },
    metrics: () => '',
    health: () => ({}),
    ready: () => ({ ready: true, reasons: [] }),
    ledger: async () => ok({}),
  });
  if (!started.ok) throw new Error(started.error.code);
  return {
    url: started.value.url,
    asked,
    sinks,
    serve(replaced) {
      handlers = { ...handlers, ...replaced };
    },
    close: started.value.close,
  };
}

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line. Fails when it prints the token. */
export async function runSluice(args: readonly string[], env: Readonly<Record<string, string>>, stdin = ''): Promise<Run> {
  let out = '';
  let errors = '';
  const io: Io = {
    env,
    out: async (text) => {
      out += text;
    },
    err: (text) => {
      errors += text;
    },
    readStdin: async () => stdin,
    now: () => now,
    user: 'ada',
  };
  const code = await runCli(args, io);
  if ((out + errors).includes(token)) throw new Error('the token was printed');
  return { code, out, err: errors };
}
