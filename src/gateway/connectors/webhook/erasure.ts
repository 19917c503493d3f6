/** A signed webhook of the type `person.erased`. Off unless the receiver was built for it. */
import type { EncodeContext, EncodedRequest, VendorResponse } from '../connector.ts';
import { mask } from '../detail.ts';
import { type ErasureAnswer, type ErasureApi, failureOf } from '../erasure.ts';
import { headerKey } from '../keys.ts';
import { isGood } from '../outcomes.ts';

const byHand =
  'Erase the person at the receiver by hand, or let this destination send erasures (setting sendErasures) once its receiver understands them.';

function classify(response: VendorResponse): ErasureAnswer {
  if (isGood(response.status))
    return { kind: 'accepted', reference: null, detail: `HTTP ${response.status}: the receiver took the request` };
  return failureOf(response, mask(''), 'Check the signing secret at the receiver, then ask again.');
}

export interface WebhookErasureSettings {
  readonly sendErasures: boolean;
}

/** @param sign makes the headers of one message */
export function createWebhookErasure<Settings extends WebhookErasureSettings>(
  sign: (id: string, body: string, context: EncodeContext<Settings>) => EncodedRequest['headers'],
): ErasureApi<Settings> {
  return {
    credential: () => [],
    notOffered: ({ sendErasures }) => (sendErasures ? null : byHand),
    encode({ userId, anonymousId }, context) {
      const body = JSON.stringify({
        type: 'person.erased',
        timestamp: new Date(context.now).toISOString(),
        data: { userId, anonymousId },
      });
      // The receiver recognises a resend by it; it names nobody.
      const id = headerKey(`erasure ${JSON.stringify([userId, anonymousId])}`);
      return [{ method: 'POST', url: context.endpoint, headers: sign(id, body, context), body, events: [] }];
    },
    classify,
  };
}
