/**
 * What `/import` answers. The one to know: a 400 with `failed_records` names the bad events, and
 * all others of that request ARE stored.
 */
import { z } from '#contract/zod.ts';
import type { EncodedRequest, Outcome, VendorResponse } from '../connector.ts';
import { vendorDetail } from '../detail.ts';
import { parseBody } from '../json.ts';
import { compactKey } from '../keys.ts';
import { accepted, confirmed, forAll, isGood, outcomeOfStatus } from '../outcomes.ts';

const failedRecord = z.object({
  index: z.number().int().optional().catch(undefined),
  // The documentation spells it both ways.
  insert_id: z.string().optional().catch(undefined),
  $insert_id: z.string().optional().catch(undefined),
  field: z.string().catch(''),
  message: z.string().catch(''),
});
type FailedRecord = z.output<typeof failedRecord>;

const answer = z.object({
  error: z.string().optional().catch(undefined),
  status: z.string().optional().catch(undefined),
  num_records_imported: z.number().optional().catch(undefined),
  failed_records: z.array(failedRecord).optional().catch(undefined),
});
type Answer = z.output<typeof answer>;

/** Which events of the request a failed record speaks of: by index where index and id agree, else by id, else by index. */
function placesOf(record: FailedRecord, keys: readonly string[]): readonly number[] {
  const id = record.insert_id ?? record.$insert_id;
  const at = record.index !== undefined && record.index >= 0 && record.index < keys.length ? record.index : null;
  if (at !== null && (id === undefined || keys[at] === id)) return [at];
  const named = id === undefined ? [] : keys.flatMap((key, index) => (key === id ? [index] : []));
  return named.length > 0 || at === null ? named : [at];
}

/** What became of the events that no failed record names. */
function ofUnnamed(count: number, imported: number | undefined, isComplete: boolean): Outcome {
  // Halving is harmless here: what was stored is recognised by its $insert_id.
  if (!isComplete) return { kind: 'bisect', detail: 'HTTP 400 that does not say which event failed' };
  if (imported !== undefined && imported !== count)
    return { kind: 'uncertain', detail: `${imported} stored of ${count} that did not fail` };
  return confirmed;
}

function ofFailedRecords(parsed: Answer, records: readonly FailedRecord[], request: EncodedRequest): readonly Outcome[] {
  const keys = request.events.map((event) => compactKey(event.messageId));
  const bad = new Map<number, Outcome>();
  let isComplete = true;
  for (const record of records) {
    const places = placesOf(record, keys);
    if (places.length === 0) isComplete = false;
    const said = [record.field, record.message].filter(Boolean).join(': ');
    const outcome: Outcome = { kind: 'rejected', detail: vendorDetail(said || 'failed validation', request) };
    for (const place of places) bad.set(place, outcome);
  }
  const others = ofUnnamed(keys.length - bad.size, parsed.num_records_imported, isComplete);
  return keys.map((_, index) => bad.get(index) ?? others);
}

function ofSuccess(parsed: Answer, response: VendorResponse, request: EncodedRequest): readonly Outcome[] {
  if (parsed.failed_records && parsed.failed_records.length > 0) return ofFailedRecords(parsed, parsed.failed_records, request);
  if (parsed.num_records_imported === undefined && parsed.status !== 'OK') return forAll(request, outcomeOfStatus(response, ''));
  const isProven = parsed.num_records_imported === undefined || parsed.num_records_imported === request.events.length;
  return forAll(request, isProven ? confirmed : accepted);
}

/** One outcome per event of an `/import` request. */
export function classify(response: VendorResponse, request: EncodedRequest): readonly Outcome[] {
  const parsed = parseBody(answer, response.body);
  if (isGood(response.status)) return parsed ? ofSuccess(parsed, response, request) : forAll(request, outcomeOfStatus(response, ''));
  if (response.status === 400) {
    // Not Mixpanel's own words: something between us and it. Its events are not to blame.
    if (!parsed) return forAll(request, { kind: 'retry', class: 'server', detail: 'HTTP 400 with a body that is not Mixpanel’s' });
    if (parsed.failed_records && parsed.failed_records.length > 0) return ofFailedRecords(parsed, parsed.failed_records, request);
  }
  return forAll(request, outcomeOfStatus(response, vendorDetail(parsed?.error ?? '', request)));
}
