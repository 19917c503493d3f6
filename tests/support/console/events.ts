import type { ConsoleHost } from './host.ts';

/** Write key that the events below carry; a test's configuration gives it to a source. */
export const writeKey = 'e2e-write-key';

/** Sends one event over plain HTTP. @throws where the gateway does not take it */
export async function sendEvent(host: ConsoleHost, messageId: string): Promise<void> {
  const response = await fetch(`${host.ingestUrl}/v1/track`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${writeKey}:`)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ messageId, event: 'Order Completed', userId: 'user-1', timestamp: new Date().toISOString() }),
  });
  if (response.status !== 200) throw new Error(`${messageId} was answered with ${response.status}: ${await response.text()}`);
}
