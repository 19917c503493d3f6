/** Sends single events over plain HTTP and remembers which were acknowledged. */
export interface EventSender {
  /** Message ids answered with 200. */
  readonly acknowledged: ReadonlySet<string>;
  /** Requests that ended without an answer; their events may or may not be in. */
  readonly unanswered: number;
  /** Resolves when every worker has stopped. */
  stop(): Promise<void>;
}

export interface EventSenderOptions {
  /** Asked for each request, so that a restarted gateway may have another port. */
  url(): string;
  readonly writeKey: string;
  readonly workers: number;
  /** Prefix of message ids. */
  readonly prefix: string;
}

/** `workers` loops that each send the next event as soon as the last was answered. */
export function startSender({ url, writeKey, workers, prefix }: EventSenderOptions): EventSender {
  const acknowledged = new Set<string>();
  const authorization = `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`;
  let isStopped = false;
  let next = 0;
  let unanswered = 0;

  async function work(): Promise<void> {
    while (!isStopped) {
      const messageId = `${prefix}-${next++}`;
      const body = JSON.stringify({
        messageId,
        event: 'Order Completed',
        userId: 'u1',
        timestamp: new Date().toISOString(),
        properties: { value: 12 },
      });
      try {
        const response = await fetch(`${url()}/v1/track`, {
          method: 'POST',
          headers: { authorization, 'content-type': 'application/json' },
          body,
        });
        await response.arrayBuffer();
        if (response.status === 200) acknowledged.add(messageId);
      } catch {
        unanswered++;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
  }
  const loops = Array.from({ length: workers }, work);
  return {
    acknowledged,
    get unanswered() {
      return unanswered;
    },
    async stop() {
      isStopped = true;
      await Promise.all(loops);
    },
  };
}
