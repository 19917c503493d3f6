/**
 * What is left of an erased event: its seq, arrival and route, so that ledgers still add up, and its type. In stored
 * JSON a `0` stands where it was. Whoever reads it gets an event without ids and content, marked as suppressed.
 */
import type { EventType, GatewayEvent } from '#gateway/pipeline/event.ts';
import { isRecord } from '#gateway/pipeline/json.ts';
import { toGatewayEvent } from '#gateway/pipeline/to-event.ts';
import type { LogRecord } from './event-log.ts';

/** The message id of an erased event: no other event has an empty one. */
export const erasedMessageId = '';

/** Whether an event was erased from a stored body. @param element its place in the batch; -1 where the body is the event */
export function isErasedIn(body: unknown, element: number): boolean {
  if (body === 0) return true;
  if (element < 0) return false;
  const batch = isRecord(body) ? body.batch : undefined;
  return Array.isArray(batch) && batch[element] === 0;
}

export function erasedEvent(source: string, receivedAt: number, type: EventType): GatewayEvent {
  return toGatewayEvent({}, { source, receivedAt, type, messageId: erasedMessageId, provenance: { suppressed: 'deletion' } });
}

/** The same record without its person. */
export function erasedRecord({ seq, gen, source, receivedAt, route, bytes, event }: LogRecord): LogRecord {
  return {
    seq,
    gen,
    source,
    messageId: erasedMessageId,
    receivedAt,
    route,
    bytes,
    event: erasedEvent(source, receivedAt, event.type),
  };
}

export function isErased({ messageId }: Pick<LogRecord, 'messageId'>): boolean {
  return messageId === erasedMessageId;
}
