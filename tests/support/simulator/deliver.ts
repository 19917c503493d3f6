/** Sends events through a connector over real HTTP, once, halving where it is told to: a lane without anything around it. */
import { type Dispatcher, request } from 'undici';
import type { Connector, EncodeContext, EncodedRequest, Outcome, VendorResponse } from '#gateway/connectors/connector.ts';
import type { GatewayEvent } from '#gateway/pipeline/event.ts';

/** What came back; null where the connection broke. */
export async function sendOnce(encoded: EncodedRequest, dispatcher?: Dispatcher): Promise<VendorResponse | null> {
  try {
    const answer = await request(encoded.url, {
      method: encoded.method,
      headers: { ...encoded.headers },
      body: encoded.body,
      ...(dispatcher ? { dispatcher } : undefined),
    });
    const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]));
    return { status: answer.statusCode, headers, body: await answer.body.text() };
  } catch {
    return null;
  }
}

export interface Delivered {
  /** By message id. */
  readonly outcomes: Map<string, Outcome>;
  /** Requests sent. */
  readonly requests: number;
}

/** Delivers events once, and again in halves where the outcome says `bisect`. */
export async function deliver<Settings>(
  connector: Connector<Settings>,
  events: readonly GatewayEvent[],
  context: EncodeContext<Settings>,
  dispatcher?: Dispatcher,
): Promise<Delivered> {
  const outcomes = new Map<string, Outcome>();
  let requests = 0;
  const queue: (readonly GatewayEvent[])[] = [events];
  for (let batch = queue.shift(); batch; batch = queue.shift()) {
    const encoded = connector.encode(batch, context);
    for (const { event, detail } of encoded.refused) outcomes.set(event.messageId, { kind: 'rejected', detail });
    for (const one of encoded.requests) {
      requests++;
      const response = await sendOnce(one, dispatcher);
      const results = response
        ? connector.classify(response, one)
        : one.events.map((): Outcome => ({ kind: 'uncertain', detail: 'no verdict' }));
      const halved: GatewayEvent[] = [];
      for (const [index, event] of one.events.entries()) {
        const outcome = results[index]!;
        if (outcome.kind === 'bisect' && one.events.length > 1) halved.push(event);
        else outcomes.set(event.messageId, outcome.kind === 'bisect' ? { kind: 'rejected', detail: outcome.detail } : outcome);
      }
      const middle = Math.ceil(halved.length / 2);
      queue.push(...[halved.slice(0, middle), halved.slice(middle)].filter((half) => half.length > 0));
    }
  }
  return { outcomes, requests };
}

/** How many of each kind, `delivered` split into `confirmed` and `accepted`. */
export function tally(outcomes: Iterable<Outcome>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) {
    const kind = outcome.kind === 'delivered' ? (outcome.confirmed ? 'confirmed' : 'accepted') : outcome.kind;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}
