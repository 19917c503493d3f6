/** A receiver of Standard Webhooks: verifies the signature if it was given a secret. */
import { createHmac } from 'node:crypto';
import { type Answer, type Asked, empty, isRecord, json, parse, type Vendor } from './vendor.ts';

function isSigned(asked: Asked, secret: string): boolean {
  const id = asked.headers['webhook-id'];
  const timestamp = asked.headers['webhook-timestamp'];
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const wanted = `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${asked.body}`).digest('base64')}`;
  return String(asked.headers['webhook-signature']).split(' ').includes(wanted);
}

/** Ids in a message of the type `person.erased`; none in any other. */
function erasedIn(body: string): readonly string[] {
  if (!body.startsWith('{"type":"person.erased"')) return [];
  const message = parse(body);
  const data = isRecord(message) && isRecord(message.data) ? message.data : {};
  return [data.userId, data.anonymousId].filter((id) => typeof id === 'string');
}

const good: Answer = empty(204);
const forged = json(401, { error: 'the signature does not match' });

export const webhook: Vendor = {
  // Without a secret the header says all there is to know.
  readsBody: (situation) => situation.credential !== null,
  take(asked, { book, credential, isPoison }) {
    const id = asked.headers['webhook-id'];
    if (asked.method !== 'POST') return empty(405);
    if (typeof id !== 'string' || id === '') return json(400, { error: 'no webhook-id' });
    if (credential !== null && !isSigned(asked, credential)) return forged;
    const erased = erasedIn(asked.body);
    if (erased.length > 0) {
      book.erasures.begin(erased);
      return good;
    }
    book.counters.events++;
    if (isPoison(id)) {
      book.counters.rejected++;
      return json(422, { message: 'the receiver cannot use this event' });
    }
    book.store(id);
    return good;
  },
  throttled: () => json(429, { error: 'slow down' }),
  failing: () => json(500, { error: 'internal error' }),
  unauthorised: () => forged,
};
