/** Meta Conversions API as documented: one bad event and nothing is kept; the HTTP status lies, `error.code` rules. */
import { type Answer, type Asked, isRecord, json, parse, queryOf, type Situation, type Vendor } from './vendor.ts';

const maxBatch = 1000;
const dayS = 86_400;
const trace = 'AsimulatedTraceId';

function failure(status: number, error: Readonly<Record<string, unknown>>): Answer {
  return json(status, { error: { type: 'OAuthException', fbtrace_id: trace, ...error } });
}

function invalid(subcode: number, title: string): Answer {
  return failure(400, { message: 'Invalid parameter', code: 100, error_subcode: subcode, error_user_title: title, is_transient: false });
}

/** A dead token was seen under HTTP 500 as well. */
const expired = failure(500, {
  message: 'Error validating access token: the session has expired.',
  code: 190,
  error_subcode: 463,
  is_transient: false,
});

function isAuthorised(asked: Asked, credential: string | null): boolean {
  const header = String(asked.headers.authorization ?? '');
  const token = header.startsWith('Bearer ') ? header.slice(7) : queryOf(asked.path).get('access_token');
  return credential === null ? Boolean(token) : token === credential;
}

/** Why the whole request fails because of this event, or null. */
function fault(event: unknown, nowS: number): Answer | null {
  if (!isRecord(event)) return invalid(2804001, 'An event is not an object');
  const { event_name: name, event_time: time, action_source: source, user_data: user, custom_data: custom } = event;
  if (typeof name !== 'string' || name === '') return invalid(2804007, 'event_name is missing');
  const oldest = source === 'physical_store' ? 62 * dayS : 7 * dayS;
  if (typeof time !== 'number' || nowS - time > oldest || time > nowS + 60) return invalid(2804003, 'Event Timestamp Too Old');
  if (typeof source !== 'string') return invalid(2804016, 'action_source is missing');
  if (!isRecord(user) || Object.keys(user).length === 0) return invalid(2804019, 'user_data is missing');
  const isComplete = typeof event.event_source_url === 'string' && typeof user.client_user_agent === 'string';
  if (source === 'website' && !isComplete) return invalid(2804017, 'A website event needs its URL and the user agent');
  const hasPrice = isRecord(custom) && typeof custom.value === 'number' && typeof custom.currency === 'string';
  return name === 'Purchase' && !hasPrice ? invalid(2804009, 'Missing Purchase Value') : null;
}

function keyOf(event: unknown): string {
  return isRecord(event) && typeof event.event_id === 'string' ? event.event_id : '';
}

function takeEvents(asked: Asked, { book, isPoison }: Situation): Answer {
  const body = parse(asked.body);
  const events = isRecord(body) ? body.data : undefined;
  if (!Array.isArray(events) || events.length === 0) return invalid(2804048, 'data is missing');
  book.counters.events += events.length;
  const nowS = Date.now() / 1000;
  const tooMany = events.length > maxBatch ? invalid(2804001, `more than ${maxBatch} events`) : null;
  let wrong = tooMany;
  for (const event of events) wrong ??= isPoison(keyOf(event)) ? invalid(2804003, 'Event Timestamp Too Old') : fault(event, nowS);
  if (wrong) {
    book.counters.rejected += events.length;
    return wrong;
  }
  for (const event of events) book.store(keyOf(event));
  return json(200, { events_received: events.length, messages: [], fbtrace_id: trace });
}

export const meta: Vendor = {
  readsBody: () => true,
  take(asked, situation) {
    if (!isAuthorised(asked, situation.credential)) return expired;
    const path = /^\/v\d+\.\d+\/(\d+)(\/events)?(\?|$)/.exec(asked.path);
    if (path && asked.method === 'GET' && !path[2]) return json(200, { id: path[1], name: 'Simulated dataset' });
    if (path && asked.method === 'POST' && path[2]) return takeEvents(asked, situation);
    return failure(404, {
      message: 'Unsupported request. The object does not exist or you lack the permission.',
      code: 100,
      error_subcode: 33,
      is_transient: false,
    });
  },
  throttled: () => failure(400, { message: '(#4) Application request limit reached', code: 4, is_transient: true }),
  failing: () => failure(500, { message: 'Service temporarily unavailable', code: 2, is_transient: true }),
  unauthorised: () => expired,
};
