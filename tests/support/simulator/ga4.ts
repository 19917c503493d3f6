/** GA4 Measurement Protocol as documented: the same empty 204 for everything, and a ledger of what it threw away. */
import { type Answer, type Asked, empty, isRecord, json, parse, queryOf, type Situation, type Vendor } from './vendor.ts';

const maxBatch = 25;
const maxBytes = 130 * 1024;
const oldestMs = 72 * 3_600_000;
const reserved =
  /^(ad_activeview|ad_click|ad_exposure|ad_impression|ad_query|adunit_exposure|app_clear_data|app_install|app_update|app_remove|error|first_open|first_visit|in_app_purchase|notification_.*|os_update|screen_view|session_start|user_engagement)$/;

const yes = empty(204);

function isDropped(event: unknown, sentMicros: unknown): boolean {
  if (!isRecord(event) || typeof event.name !== 'string') return true;
  const { name } = event;
  if (!/^[A-Za-z][A-Za-z0-9_]{0,39}$/.test(name) || reserved.test(name)) return true;
  const micros = event.timestamp_micros ?? sentMicros;
  if (typeof micros === 'number' && Date.now() - micros / 1000 > oldestMs) return true;
  const params = event.params ?? {};
  if (!isRecord(params) || Object.keys(params).length > 25) return true;
  return Object.entries(params).some(
    ([key, value]) => value === null || (typeof value === 'object' && !(key === 'items' && Array.isArray(value))),
  );
}

/** GA4 has no dedupe key; for counting, the parameter `message_id` where there is one. */
function keyOf(event: unknown, clientId: unknown, sentMicros: unknown): string {
  if (!isRecord(event)) return '';
  const id = isRecord(event.params) ? event.params.message_id : undefined;
  return typeof id === 'string' ? id : `${clientId}|${event.name}|${event.timestamp_micros ?? sentMicros}`;
}

function isRequestDropped(asked: Asked, body: Readonly<Record<string, unknown>>, count: number, credential: string | null): boolean {
  const query = queryOf(asked.path);
  const secret = query.get('api_secret');
  if (!secret || (credential !== null && secret !== credential) || !query.get('measurement_id')) return true;
  return typeof body.client_id !== 'string' || count > maxBatch || asked.sizeBytes > maxBytes;
}

function takeCollect(asked: Asked, { book, credential, isPoison }: Situation): void {
  const body = parse(asked.body);
  if (!isRecord(body) || !Array.isArray(body.events)) return;
  const events: readonly unknown[] = body.events;
  book.counters.events += events.length;
  if (isRequestDropped(asked, body, events.length, credential)) {
    book.counters.silentlyDropped += events.length;
    return;
  }
  for (const event of events) {
    const key = keyOf(event, body.client_id, body.timestamp_micros);
    if (isPoison(key) || isDropped(event, body.timestamp_micros)) book.counters.silentlyDropped++;
    else book.store(key);
  }
}

/** Admin API, `properties.submitUserDeletion`: one id a call. */
function takeDeletion(asked: Asked, { book }: Situation): Answer {
  if (!/^Bearer \S+$/.test(String(asked.headers.authorization ?? '')))
    return json(401, { error: { code: 401, message: 'Request had invalid authentication credentials.', status: 'UNAUTHENTICATED' } });
  const body = parse(asked.body);
  const [id, ...others] = isRecord(body) ? Object.values(body).filter((value) => typeof value === 'string') : [];
  if (id === undefined || others.length > 0)
    return json(400, { error: { code: 400, message: 'Exactly one user id must be set.', status: 'INVALID_ARGUMENT' } });
  book.erasures.begin([id]);
  return json(200, { deletionRequestTime: new Date().toISOString() });
}

export const ga4: Vendor = {
  readsBody: () => true,
  take(asked, situation) {
    if (asked.method === 'POST' && /^\/v1alpha\/properties\/\d+:submitUserDeletion$/.test(asked.path))
      return takeDeletion(asked, situation);
    if (asked.method !== 'POST' || !asked.path.startsWith('/mp/collect')) return empty(404);
    takeCollect(asked, situation);
    return yes;
  },
  throttled: () => empty(429),
  failing: () => empty(500),
  unauthorised: () => null,
};
