import { Analytics } from '@segment/analytics-node';
import { seededRandom, shopEvent } from './shop.ts';

export interface TrafficOptions {
  /** Base URL of the gateway's ingest. */
  readonly host: string;
  readonly writeKeys: readonly string[];
  /** Events a second over all keys. */
  readonly perSecond: number;
  readonly seed?: number;
}

export interface Traffic {
  /** Events handed to the SDK so far. */
  readonly sent: number;
  /** Stops, and flushes what the SDK still holds. */
  close(): Promise<void>;
}

const stepMs = 50;

/** Sends shop events through the unmodified Segment SDK; only its host is set. A slow wave makes the charts live. */
export function startTraffic(options: TrafficOptions): Traffic {
  const random = seededRandom(options.seed ?? 7);
  const clients = options.writeKeys.map(
    (writeKey) => new Analytics({ writeKey, host: options.host, flushAt: 20, flushInterval: 300, maxRetries: 100 }),
  );
  for (const client of clients) client.on('error', () => {});
  let sent = 0;
  let owed = 0;
  const startedAt = performance.now();

  function sendOne(): void {
    const client = clients[Math.floor(random() ** 2 * clients.length)] as Analytics;
    const { kind, userId, event, properties } = shopEvent(random);
    const context = { userAgent: 'SluiceDemo/1.0', ip: '203.0.113.7', page: { url: 'https://shop.example/' } };
    if (kind === 'track') client.track({ userId, event, properties, context });
    else if (kind === 'page') client.page({ userId, name: event, properties, context });
    else client.identify({ userId, traits: properties, context });
    sent++;
  }
  const timer = setInterval(() => {
    const wave = 1 + 0.35 * Math.sin((performance.now() - startedAt) / 9000);
    owed += (options.perSecond * wave * stepMs) / 1000;
    for (; owed >= 1; owed--) sendOne();
  }, stepMs);

  return {
    get sent() {
      return sent;
    },
    async close() {
      clearInterval(timer);
      await Promise.all(clients.map((client) => client.closeAndFlush({ timeout: 3000 })));
    },
  };
}
