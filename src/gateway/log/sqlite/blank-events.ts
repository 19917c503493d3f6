/**
 * Takes events out of a stored body in place: the text of each becomes `0` and spaces, as many bytes as it had. So
 * offsets, sizes and ledgers stay true, and no other event's bytes are touched.
 */
import { isRecord } from '#gateway/pipeline/json.ts';
import { provenanceKey } from '#gateway/pipeline/provenance.ts';
import { elementsOf, type Member, membersOf, type Range } from './json-ranges.ts';
import { roomyBlank } from './repack.ts';

const [zero, space] = [0x30, 0x20];
const nothing = Buffer.from('null');
/** What the gateway reads of a batch. */
const readKeys: ReadonlySet<string> = new Set(['batch', 'context', 'integrations', 'sentAt', provenanceKey]);

/** What a body holds: its events as sent, and the parsed whole. */
export interface BodyEvents {
  readonly body: unknown;
  /** One that is the event itself, or the elements of the batch; duplicates among them, which no index names. */
  readonly events: readonly unknown[];
  readonly isBatch: boolean;
}

/** @param isBatch whether an index speaks of elements; a body that is an event may have a key `batch` too */
export function eventsIn(text: Uint8Array, isBatch: boolean): BodyEvents {
  const body: unknown = JSON.parse(Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString('utf8'));
  const batch = isBatch && isRecord(body) && Array.isArray(body.batch) ? body.batch : null;
  return { body, events: batch ?? [body], isBatch: batch !== null };
}

/** The person's own words, with what the batch said for all; what Sluice noted is left out. */
export function jsonOf({ body, events, isBatch }: BodyEvents, element: number): string {
  const event = events[isBatch ? element : 0];
  if (!isRecord(event)) return '{}';
  const { batch: _batch, ...shared } = isBatch && isRecord(body) ? body : {};
  const whole = { ...shared, ...event };
  delete (whole as Record<string, unknown>)[provenanceKey];
  return JSON.stringify(whole);
}

/**
 * Blanks events of a body that `eventsIn` read. Where none is left, all of the body goes, with what the batch said for all.
 * @param gone positions in `events`
 * @returns where `roomyBlank` bytes of white space end; null: nowhere
 */
export function blankEvents(text: Uint8Array, { events, isBatch }: BodyEvents, gone: ReadonlySet<number>): number | null {
  const isLeft = events.some((event, position) => event !== 0 && !gone.has(position));
  if (!isBatch || !isLeft) return blank(text, { start: 0, end: text.length });
  let blankEnd: number | null = null;
  const members = membersOf(text);
  const batch = lastOf(members, 'batch');
  const marks = lastOf(members, provenanceKey);
  // JSON takes the last of equal keys, and of a batch only some are read: what stands in the others may name anybody.
  for (const member of members) if (!readKeys.has(member.key) || member !== lastOf(members, member.key)) blank(text, member.value);
  if (batch)
    for (const [position, range] of elementsOf(text, batch.value).entries())
      if (gone.has(position)) blankEnd = blank(text, range) ?? blankEnd;
  if (marks) for (const [position, range] of elementsOf(text, marks.value).entries()) if (gone.has(position)) unmark(text, range);
  return blankEnd;
}

function lastOf(members: readonly Member[], key: string): Member | undefined {
  return members.findLast((member) => member.key === key);
}

function blank(text: Uint8Array, { start, end }: Range): number | null {
  text.fill(space, start, end);
  text[start] = zero;
  return end - start > roomyBlank ? end : null;
}

/** Provenance may hold a trace. */
function unmark(text: Uint8Array, { start, end }: Range): void {
  if (end - start < nothing.length) return;
  text.fill(space, start, end);
  text.set(nothing, start);
}
