import { type EventType, eventTypes, type GatewayEvent } from '#gateway/pipeline/event.ts';
import { toGatewayEvent } from '#gateway/pipeline/to-event.ts';
import type { LogRecord } from '../event-log.ts';
import { type RawPage, rawWords } from './raw-page.ts';

interface Envelope {
  readonly batch?: unknown;
  readonly context?: unknown;
  readonly sentAt?: unknown;
  readonly integrations?: unknown;
}

const isEnvelope = (value: unknown): value is Envelope => typeof value === 'object' && value !== null;

function eventOf(
  body: unknown,
  element: number,
  facts: { source: string; receivedAt: number; type: EventType; messageId: string | undefined },
): GatewayEvent {
  if (element < 0) return toGatewayEvent(body, facts);
  const shared = isEnvelope(body) ? body : {};
  const batch = Array.isArray(shared.batch) ? shared.batch : [];
  return toGatewayEvent(batch[element], { ...facts, shared });
}

/** Parses a page. Throws SyntaxError where a stored body is not JSON, which its checksum rules out. */
export function decodePage(page: RawPage): LogRecord[] {
  const words = new Float64Array(page.facts);
  const bodies = Buffer.from(page.bodies);
  const records: LogRecord[] = [];
  let parsedAt = -1;
  let body: unknown = null;
  for (let at = 0; at < words.length; at += rawWords) {
    const [seq = 0, receivedAt = 0, route = 0, type = 0, element = 0, offset = 0, length = 0, share = 0, source = 0, minted = -1] =
      words.subarray(at, at + rawWords);
    if (offset !== parsedAt) {
      body = JSON.parse(bodies.toString('utf8', offset, offset + length));
      parsedAt = offset;
    }
    const facts = { source: page.sources[source] ?? '', receivedAt, type: eventTypes[type] ?? 'track', messageId: page.minted[minted] };
    const event = eventOf(body, element, facts);
    records.push({ seq, gen: 0, source: facts.source, messageId: event.messageId, receivedAt, route, bytes: share, event });
  }
  return records;
}
