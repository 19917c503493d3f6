/** Mixpanel `/import` and `/api/app/me` as documented: a 400 that names failed records stores all the others. */
import { type Answer, type Asked, isRecord, json, parse, queryOf, type Situation, type Vendor } from './vendor.ts';

const maxBatch = 2000;
/** What Mixpanel's own example of a refusal says. */
const maxBytes = 2_097_152;
const earliestMs = 31_536_000_000;
const insertId = /^[A-Za-z0-9-]{1,36}$/;
const dummyIds = new Set(['anon', 'anonymous', 'null', 'undefined', 'none', '0', '-1', 'true', 'false', 'nil', '[]', '{}']);

const unauthorised = json(401, { code: 401, error: 'Invalid credentials', status: 'Unauthorized' });

function isAuthorised(asked: Asked, credential: string | null): boolean {
  const header = String(asked.headers.authorization ?? '');
  if (!header.startsWith('Basic ')) return false;
  const pair = Buffer.from(header.slice(6), 'base64').toString();
  return credential === null ? pair.indexOf(':') > 0 : pair === credential;
}

function fault(event: unknown): { readonly field: string; readonly message: string } | null {
  if (!isRecord(event) || typeof event.event !== 'string' || event.event === '')
    return { field: 'event', message: 'event name is missing' };
  const properties = event.properties;
  if (!isRecord(properties)) return { field: 'properties', message: 'properties is missing' };
  const time = properties.time;
  if (typeof time !== 'number')
    return { field: 'properties.time', message: "'properties.time' is invalid: must be specified as seconds or milliseconds since epoch" };
  const timeMs = time > 1e11 ? time : time * 1000;
  if (timeMs < earliestMs || timeMs > Date.now() + 3_600_000)
    return { field: 'properties.time', message: "'properties.time' is out of range" };
  const distinctId = properties.distinct_id;
  if (typeof distinctId !== 'string') return { field: 'properties.distinct_id', message: "'properties.distinct_id' is missing" };
  if (dummyIds.has(distinctId.toLowerCase())) return { field: 'properties.distinct_id', message: "'properties.distinct_id' is a dummy id" };
  if (typeof properties.$insert_id !== 'string' || !insertId.test(properties.$insert_id))
    return { field: 'properties.$insert_id', message: "'properties.$insert_id' is invalid" };
  return Object.keys(properties).length >= 255 ? { field: 'properties', message: 'too many properties' } : null;
}

function idOf(event: unknown): string {
  const properties = isRecord(event) ? event.properties : undefined;
  return isRecord(properties) && typeof properties.$insert_id === 'string' ? properties.$insert_id : '';
}

function takeImport(asked: Asked, { book, isPoison }: Situation): Answer {
  if (!queryOf(asked.path).get('project_id')) return json(400, { code: 400, error: 'project_id is missing', status: 'Bad Request' });
  if (asked.sizeBytes > maxBytes)
    return json(413, { code: 413, error: `request exceeds max limit of ${maxBytes} bytes`, status: 'Request Entity Too Large' });
  const events = parse(asked.body);
  if (!Array.isArray(events)) return json(400, { code: 400, error: 'the request body is not a JSON array', status: 'Bad Request' });
  if (events.length > maxBatch) return json(413, { code: 413, error: `more than ${maxBatch} events`, status: 'Request Entity Too Large' });
  book.counters.events += events.length;
  const failed: object[] = [];
  for (const [index, event] of events.entries()) {
    const id = idOf(event);
    const wrong = fault(event) ?? (isPoison(id) ? { field: 'properties', message: 'failed validation' } : null);
    if (wrong) failed.push({ index, insert_id: id, ...wrong });
    else book.store(id);
  }
  book.counters.rejected += failed.length;
  const imported = events.length - failed.length;
  if (failed.length === 0) return json(200, { code: 200, num_records_imported: imported, status: 'OK' });
  const error = 'some data points in the request failed validation';
  return json(400, { code: 400, error, status: 'Bad Request', num_records_imported: imported, failed_records: failed });
}

/** The GDPR API: a task for up to 1,999 ids, and its state. */
function takeDeletion(asked: Asked, { book }: Situation): Answer {
  const bearer = /^Bearer \S+$/.test(String(asked.headers.authorization ?? ''));
  if (!bearer || !queryOf(asked.path).get('token')) return json(401, { status: 'error', error: 'Invalid OAuth token' });
  if (asked.method === 'GET') {
    const status = book.erasures.ask(decodeURIComponent(/v3\.0\/([^?]*)/.exec(asked.path)?.[1] ?? ''));
    return json(200, { status: 'ok', results: { status: status ?? 'NOT_FOUND', result: '', distinct_ids: [] } });
  }
  const body = parse(asked.body);
  const ids = isRecord(body) && Array.isArray(body.distinct_ids) ? body.distinct_ids.filter((id) => typeof id === 'string') : [];
  if (ids.length === 0 || ids.length > 1999) return json(400, { status: 'error', error: 'distinct_ids must hold 1 to 1999 ids' });
  return json(201, {
    status: 'ok',
    results: [{ status: 'PENDING', tracking_id: book.erasures.begin(ids), distinct_id_count: ids.length }],
  });
}

export const mixpanel: Vendor = {
  readsBody: () => true,
  take(asked, situation) {
    if (asked.path.startsWith('/api/app/data-deletions/v3.0/')) return takeDeletion(asked, situation);
    if (!isAuthorised(asked, situation.credential)) return unauthorised;
    if (asked.method === 'GET' && asked.path === '/api/app/me')
      return json(200, { status: 'ok', results: { user_name: 'service account' } });
    if (asked.method === 'POST' && /^\/import(\?|$)/.test(asked.path)) return takeImport(asked, situation);
    return json(404, { code: 404, error: 'not found', status: 'Not Found' });
  },
  throttled: () =>
    json(429, {
      code: 429,
      error: 'Project exceeded rate limits. Please retry the request with exponential backoff.',
      status: 'Too Many Requests',
    }),
  failing: () => json(503, { code: 503, error: 'temporarily unavailable', status: 'Service Unavailable' }),
  unauthorised: () => unauthorised,
};
