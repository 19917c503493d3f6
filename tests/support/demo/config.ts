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

/** What the configuration file declares. `vendors` is the simulator's base URL. */
export function demoConfig(vendors: string) {
  const tags = ['demo'];
  return {
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
        endpoint: `${vendors}/mixpanel`,
        settings: { projectId: '1234567' },
        credential: { env: { username: 'DEMO_MIXPANEL_USER', secret: 'DEMO_MIXPANEL_SECRET' } },
        delivery: { batchSize: 50, batchWaitMs: 200, timeoutMs: 5000 },
        tags,
      },
      {
        id: 'ga4',
        name: 'Google Analytics 4 (demo)',
        connector: 'ga4',
        endpoint: `${vendors}/ga4`,
        settings: { measurementId: 'G-DEMO12345' },
        credential: { env: 'DEMO_GA4_SECRET' },
        delivery: { timeoutMs: 5000 },
        tags,
      },
      {
        id: 'meta',
        name: 'Meta Conversions (demo)',
        connector: 'meta',
        endpoint: `${vendors}/meta`,
        settings: { datasetId: '100200300' },
        credential: { env: 'DEMO_META_TOKEN' },
        delivery: { batchSize: 50, batchWaitMs: 200, timeoutMs: 5000 },
        tags,
      },
      {
        id: 'warehouse',
        name: 'Warehouse webhook (demo)',
        connector: 'webhook',
        endpoint: `${vendors}/webhook`,
        credential: { env: 'DEMO_WEBHOOK_SECRET' },
        delivery: { timeoutMs: 5000 },
        tags,
      },
    ],
  };
}
