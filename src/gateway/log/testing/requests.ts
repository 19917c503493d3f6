/** Requests, settles and readings as tests of the log need them. */
import { createHash } from 'node:crypto';
import type {
  Appended,
  AppendRequest,
  EventLog,
  LanePage,
  LogRecord,
  RouteId,
  SettleDelta,
  SideRow,
  TerminalState,
} from '#gateway/log/event-log.ts';
import { tallyOf } from '#gateway/log/tally.ts';
import { toGatewayEvent } from '#gateway/pipeline/to-event.ts';

const encoder = new TextEncoder();
export const roomy = { events: 10_000, bytes: 64 * 1024 * 1024 };

export interface RequestParts {
  readonly source?: string;
  readonly route: RouteId;
  readonly receivedAt?: number;
  /** Bytes of filler in each event. */
  readonly filler?: number;
  /** Whose events they are; `u1` unless told. */
  readonly userOf?: (messageId: string) => string;
}

/** Text that cannot be packed, so that a test can say how large a segment becomes. The same for the same id. */
function fillerOf(messageId: string, length: number): string {
  if (length === 0) return '';
  return createHash('shake256', { outputLength: length }).update(messageId).digest('base64').slice(0, length);
}

function rawOf(messageId: string, parts: RequestParts) {
  return {
    messageId,
    type: 'track',
    event: 'Viewed',
    userId: parts.userOf?.(messageId) ?? 'u1',
    properties: { of: messageId, filler: fillerOf(messageId, parts.filler ?? 0) },
  };
}

/** One event, its own body. */
export function singleRequest(log: EventLog, messageId: string, parts: RequestParts): AppendRequest {
  const source = parts.source ?? 'web';
  const receivedAt = parts.receivedAt ?? log.now();
  const raw = rawOf(messageId, parts);
  const event = toGatewayEvent(raw, { source, receivedAt, type: 'track', messageId });
  return {
    source,
    receivedAt,
    body: encoder.encode(JSON.stringify(raw)),
    events: [{ messageId, type: 'track', route: parts.route, element: -1, event }],
  };
}

/** Several events in one body; `routes` may differ. */
export function batchRequest(
  log: EventLog,
  messageIds: readonly string[],
  parts: RequestParts,
  routes: readonly RouteId[] = [],
): AppendRequest {
  const source = parts.source ?? 'web';
  const receivedAt = parts.receivedAt ?? log.now();
  const raws = messageIds.map((messageId) => rawOf(messageId, parts));
  const shared = { batch: raws, context: { library: { name: 'test' } }, sentAt: '2026-11-20T12:00:00.000Z' };
  const events = messageIds.map((messageId, element) => ({
    messageId,
    type: 'track' as const,
    route: routes[element] ?? parts.route,
    element,
    event: toGatewayEvent(raws[element], { source, receivedAt, type: 'track', messageId, shared }),
  }));
  return { source, receivedAt, body: encoder.encode(JSON.stringify(shared)), events };
}

/** Appends, and throws where the log refuses. */
export async function appended(log: EventLog, request: AppendRequest): Promise<Appended> {
  const result = await log.append(request);
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}

/** Appends `count` events of their own ids, in one batch. */
export async function appendMany(log: EventLog, route: RouteId, count: number, prefix = 'm', filler = 0): Promise<readonly number[]> {
  const ids = Array.from({ length: count }, (_, i) => `${prefix}${i}`);
  return (await appended(log, batchRequest(log, ids, { route, filler }))).seqs;
}

export function sideRow(seq: number, state: SideRow['state'], dueAt = 0, attempt = 1): SideRow {
  return { seq, gen: 0, state, attempt, dueAt, class: 'server', detail: `HTTP 503 for ${seq}` };
}

/** What a settle is to do, in a test's words. */
export interface Settling {
  readonly cursor: number;
  readonly put?: readonly SideRow[];
  readonly remove?: readonly { readonly seq: number; readonly gen: number }[];
  readonly hold?: readonly number[];
  readonly unhold?: readonly number[];
  readonly terminal?: Partial<Record<TerminalState, readonly number[]>>;
}

export function deltaOf(destination: string, epoch: number, settling: Settling): SettleDelta {
  const tally = Object.entries(settling.terminal ?? {}).map(([state, seqs]) => [state, tallyOf(seqs.map((seq) => ({ seq, gen: 0 })))]);
  return {
    destination,
    epoch,
    cursor: settling.cursor,
    sidePut: settling.put ?? [],
    sideRemove: settling.remove ?? [],
    heldSet: settling.hold ?? [],
    heldClear: settling.unhold ?? [],
    tally: Object.fromEntries(tally),
  };
}

/** A record with nothing but its data: drivers may make the event on first use. */
export function plain({ seq, gen, source, messageId, receivedAt, route, bytes, event }: LogRecord): LogRecord {
  return { seq, gen, source, messageId, receivedAt, route, bytes, event };
}

export function plainPage(page: LanePage | 'evicted'): LanePage | 'evicted' {
  return page === 'evicted' ? page : { records: page.records.map(plain), through: page.through };
}

/** All that a lane still has to read, from disk, page by page. */
export async function readAll(log: EventLog, destination: string, after: number, limit = roomy) {
  const records: LogRecord[] = [];
  for (let from = after; ; ) {
    const page = await log.readDisk(destination, from, limit);
    records.push(...page.records.map(plain));
    if (page.through === from) return records;
    from = page.through;
  }
}
