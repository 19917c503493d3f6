/**
 * The event log in memory: for tests, and the plain model of what a driver does. Holds to
 * `conformance.ts`. Nothing survives the process.
 */
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { createClock } from './clock.ts';
import type { Appended, AppendRequest, EventLog, FoundEvent, LanePage, LogRecord, ReadLimit, SideRow, Tally } from './event-log.ts';
import { MemoryLane } from './memory/lane.ts';
import { createRouteTable } from './routes.ts';
import { addTally, emptyTally, tallyOf } from './tally.ts';

export interface MemoryLogOptions {
  readonly now?: () => number;
  /** Events the shared tail holds; older ones answer `evicted`. */
  readonly tailEvents?: number;
  /** Bytes of bodies it takes before it answers INGEST_DISK_FULL. */
  readonly capacityBytes?: number;
  /** How long a message id is remembered, ms. */
  readonly dedupeWindowMs?: number;
}

export function createMemoryLog(options: MemoryLogOptions = {}): EventLog {
  const { now } = createClock(options.now, options.now);
  const tailEvents = options.tailEvents ?? 16_384;
  const capacityBytes = options.capacityBytes ?? Number.POSITIVE_INFINITY;
  const dedupeWindowMs = options.dedupeWindowMs ?? 7 * 86_400_000;
  const routes = createRouteTable();
  const lanes = new Map<string, MemoryLane>();
  const seen = new Map<string, number>();
  const listeners = new Set<(head: number) => void>();
  /** Of the records that truncation took, per ordinal: they still count as accepted. */
  const truncated = new Map<number, Tally>();
  let records: LogRecord[] = [];
  /** Seq of the last record that truncation took. */
  let base = 0;
  let head = 0;
  let bytes = 0;
  let ordinals = 0;
  let isClosed = false;

  const at = (seq: number): LogRecord | undefined => records[seq - base - 1];

  function laneOf(destination: string): MemoryLane {
    const lane = lanes.get(destination);
    if (!lane) throw new Error(`destination ${destination} is not registered`);
    return lane;
  }

  const routedTo = (lane: MemoryLane) => (after: number, through: number) =>
    records.slice(Math.max(0, after - base), Math.max(0, through - base)).filter((record) => routes.has(record.route, lane.ordinal));

  function page(lane: MemoryLane, after: number, limit: ReadLimit): LanePage {
    const found: LogRecord[] = [];
    let size = 0;
    let through = Math.max(after, base);
    for (let seq = through + 1; seq <= head && found.length < limit.events && size < limit.bytes; seq++) {
      const record = at(seq);
      through = seq;
      if (!record || !routes.has(record.route, lane.ordinal)) continue;
      found.push(record);
      size += record.bytes;
    }
    return { records: found, through };
  }

  function firstSeq(key: string): number | undefined {
    const seq = seen.get(key);
    const record = seq === undefined ? undefined : at(seq);
    return record && record.receivedAt > now() - dedupeWindowMs ? seq : undefined;
  }

  function commit(request: AppendRequest): Appended {
    const keys = request.events.map((event) => `${request.source}\0${event.messageId}`);
    const fresh = new Set<string>();
    for (const key of keys) if (firstSeq(key) === undefined) fresh.add(key);
    const share = Math.floor(request.body.length / Math.max(1, fresh.size));
    const rest = request.body.length - share * fresh.size;
    let accepted = 0;
    const seqs = request.events.map((event, i) => {
      const key = keys[i] as string;
      if (!fresh.delete(key)) return seen.get(key) as number;
      const { messageId, route } = event;
      const record = {
        seq: ++head,
        gen: 0,
        source: request.source,
        messageId,
        receivedAt: request.receivedAt,
        route,
        bytes: share + (accepted++ < rest ? 1 : 0),
        event: event.event,
      };
      records.push(record);
      seen.set(key, head);
      return head;
    });
    if (accepted > 0) bytes += request.body.length;
    return { seqs, accepted, duplicate: seqs.length - accepted };
  }

  function append(request: AppendRequest): Result<Appended> {
    if (isClosed) throw new Error('the log is closed');
    if (bytes + request.body.length > capacityBytes) return err(appError('INGEST_DISK_FULL'));
    const appended = commit(request);
    if (appended.accepted > 0)
      queueMicrotask(() => {
        for (const listener of listeners) listener(head);
      });
    return ok(appended);
  }

  function placesOf(record: LogRecord): FoundEvent['places'] {
    return [...lanes.values()]
      .filter((lane) => lane.closedAt === null && record.seq > lane.birth)
      .map((lane) => {
        const row = lane.rows.get(`${record.seq}/0`) ?? null;
        const state = (): FoundEvent['places'][number]['state'] => {
          if (!routes.has(record.route, lane.ordinal)) return 'filtered';
          if (record.seq > lane.cursor) return 'waiting';
          return row?.state ?? (lane.held.has(record.seq) ? 'held' : 'settled');
        };
        return { destination: lane.destination, state: state(), row };
      });
  }

  /** Only what no living lane refers to or still has to read. */
  function truncate(olderThanMs: number): number {
    const before = now() - olderThanMs;
    const living = [...lanes.values()].filter((lane) => lane.closedAt === null);
    const lowest = Math.min(
      head,
      ...living.flatMap((lane) => [
        lane.cursor,
        ...[...lane.rows.values()].map((row) => row.seq - 1),
        ...[...lane.held].map((seq) => seq - 1),
      ]),
    );
    let through = base;
    let freed = 0;
    for (let record = at(through + 1); record && through < lowest && record.receivedAt < before; record = at(through + 1)) {
      through++;
      freed += record.bytes;
    }
    for (const lane of lanes.values())
      truncated.set(lane.ordinal, addTally(truncated.get(lane.ordinal) ?? emptyTally, tallyOf(routedTo(lane)(base, through))));
    records = records.slice(through - base);
    base = through;
    bytes -= freed;
    return freed;
  }

  return {
    durability: 'memory',
    now,
    head: () => head,
    async register(destination) {
      const known = lanes.get(destination);
      if (known && known.closedAt === null) return known.ordinal;
      lanes.set(destination, new MemoryLane(destination, ordinals, head));
      return ordinals++;
    },
    async retire(destination) {
      const lane = laneOf(destination);
      if (lane.closedAt === null) lane.retire(head, routedTo(lane));
    },
    route: (set) => routes.intern(set),
    refusal: () => (bytes >= capacityBytes ? appError('INGEST_DISK_FULL') : null),
    append: async (request) => append(request),
    async open(destination) {
      const lane = laneOf(destination);
      if (lane.closedAt !== null) throw new Error(`destination ${destination} is retired`);
      lane.epoch++;
      return {
        epoch: lane.epoch,
        cursor: lane.cursor,
        held: lane.held.size,
        retrying: lane.in('retrying').length,
        dead: lane.in('dead').length,
        nextRetryAt: lane.nextRetryAt(),
      };
    },
    readTail(destination, after, limit) {
      return after < head && after < head - tailEvents ? 'evicted' : page(laneOf(destination), after, limit);
    },
    readDisk: async (destination, after, limit) => page(laneOf(destination), after, limit),
    readSeqs: async (_destination, seqs) => seqs.flatMap((seq) => at(seq) ?? []),
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async settle(delta) {
      const lane = laneOf(delta.destination);
      lane.settle(delta, head, routedTo(lane));
    },
    dueRetries: async (destination, atMs, limit) => laneOf(destination).due(atMs, limit),
    nextRetryAt: async (destination) => laneOf(destination).nextRetryAt(),
    heldSeqs: async (destination, after, limit) => laneOf(destination).heldAfter(after, limit),
    async deadLetters(destination, afterSeq, limit) {
      const { total, rows } = laneOf(destination).deadAfter(afterSeq, limit);
      return { total, rows: rows.map((row: SideRow) => ({ row, record: at(row.seq) ?? null })) };
    },
    backlog(destination) {
      const lane = laneOf(destination);
      const waiting = lane.closedAt === null ? routedTo(lane)(lane.cursor, head) : [];
      return {
        events: waiting.length,
        bytes: waiting.reduce((sum, record) => sum + record.bytes, 0),
        oldestAt: waiting[0]?.receivedAt ?? null,
      };
    },
    async ledger(destination) {
      const lane = laneOf(destination);
      const accepted = addTally(truncated.get(lane.ordinal) ?? emptyTally, tallyOf(routedTo(lane)(lane.birth, lane.closedAt ?? head)));
      return lane.ledger(head, accepted, routedTo(lane));
    },
    async find(messageId, source) {
      const matches = records.filter((record) => record.messageId === messageId && (source === undefined || record.source === source));
      return matches.map((record) => ({ record, places: placesOf(record) }));
    },
    stats: () => ({ bytes, segments: 1, diskFreeBytes: null, dedupeEntries: seen.size, dedupeWindowMs, commitMs: [], settleMs: [] }),
    truncate: async (olderThanMs) => truncate(olderThanMs),
    async close() {
      isClosed = true;
      listeners.clear();
    },
  };
}
