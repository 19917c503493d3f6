import type { Simulator } from '#tests/support/simulator/simulator.ts';

/** The demo's set-up: three sources, four simulated vendors. Every secret here is made up. */
export const demoWriteKeys = ['demo-web-shop', 'demo-ios-app', 'demo-backend'] as const;

/** Made-up credentials; the gateway takes them from its environment as it would a real one. */
export const demoEnvironment = {
  DEMO_MIXPANEL_USER: 'demo-service-account',
  DEMO_MIXPANEL_SECRET: 'demo-mixpanel-secret',
  DEMO_GA4_SECRET: 'demo-ga4-secret',
  DEMO_META_TOKEN: 'demo-meta-token',
  DEMO_WEBHOOK_SECRET: `whsec_${Buffer.from('demo webhook signing key').toString('base64')}`,
} as const;

/** What the configuration file declares, with the vendors of a simulator. */
export function demoConfig({ url, endpoint, statusPage }: Pick<Simulator, 'url' | 'endpoint' | 'statusPage'>) {
  const tags = ['demo'];
  const statusFeed = (vendor: string) => ({ url: statusPage(vendor) });
  return {
    settings: { simulator: url },
    sources: [
      { id: 'web-shop', name: 'Web shop (demo)', writeKey: demoWriteKeys[0], plan: 'demo' },
      { id: 'ios-app', name: 'iOS app (demo)', writeKey: demoWriteKeys[1], plan: 'demo' },
      { id: 'backend', name: 'Backend (demo)', writeKey: demoWriteKeys[2], plan: 'demo' },
    ],
    destinations: [
      {
        id: 'mixpanel',
        name: 'Mixpanel (demo)',
        connector: 'mixpanel',
        endpoint: endpoint('mixpanel'),
        statusFeed: statusFeed('mixpanel'),
        settings: { projectId: '1234567' },
        credential: { env: { username: 'DEMO_MIXPANEL_USER', secret: 'DEMO_MIXPANEL_SECRET' } },
        delivery: { batchSize: 50, batchWaitMs: 200, timeoutMs: 5000 },
        tags,
      },
      {
        id: 'ga4',
        name: 'Google Analytics 4 (demo)',
        connector: 'ga4',
        endpoint: endpoint('ga4'),
        statusFeed: statusFeed('ga4'),
        settings: { measurementId: 'G-DEMO12345' },
        credential: { env: 'DEMO_GA4_SECRET' },
        rollout: { flag: 'ga4-rollout' },
        delivery: { timeoutMs: 5000 },
        tags,
      },
      {
        id: 'meta',
        name: 'Meta Conversions (demo)',
        connector: 'meta',
        endpoint: endpoint('meta'),
        statusFeed: statusFeed('meta'),
        settings: { datasetId: '100200300' },
        credential: { env: 'DEMO_META_TOKEN' },
        delivery: { batchSize: 50, batchWaitMs: 200, timeoutMs: 5000 },
        tags,
      },
      {
        id: 'warehouse',
        name: 'Warehouse webhook (demo)',
        connector: 'webhook',
        endpoint: endpoint('webhook'),
        statusFeed: statusFeed('webhook'),
        credential: { env: 'DEMO_WEBHOOK_SECRET' },
        delivery: { timeoutMs: 5000 },
        tags,
      },
    ],
  };
}
