import { Analytics } from '@segment/analytics-node';
import { addCredential, goTo, openPageOf, rowOf } from './acts.ts';
import { startScene } from './scene.ts';
const secret = `whsec_${Buffer.from('signing key that an operator typed').toString('base64')}`;
const scene = await startScene({ window: { prepare: async (page) => void page.on('websocket', (ws) => { if (!ws.url().includes('gateway')) return; ws.on('framereceived', ({ payload }) => { const t = String(payload); if (/tick|history|rollup|telemetry|delivered/.test(t)) console.log(new Date().toISOString().slice(17), 'IN', t.slice(0, 2500)); }); ws.on('framesent', ({ payload }) => { if (!/ack/.test(String(payload))) console.log('OUT', String(payload).slice(0, 300)); }); }) },
  config: (simulator) => ({
    sources: [{ id: 'shop', writeKey: 'shop-key' }],
    destinations: [
      { id: 'orders', name: 'Orders', connector: 'webhook', endpoint: simulator.endpoint('webhook'), delivery: { batchSize: 1 } },
    ],
  }),
});
try {
  const { page } = scene.window;

  page.setDefaultTimeout(8000);
  await addCredential(page, 'Orders', secret);
  const analytics = new Analytics({ writeKey: 'shop-key', host: scene.host.ingestUrl });
  for (let i = 0; i < 5; i++) analytics.track({ userId: 'user-1', event: 'Order Completed' });
  await analytics.closeAndFlush();
  await goTo(page, 'Destinations');
  await rowOf(page, 'Orders').getByText('Healthy', { exact: true }).waitFor();
  await openPageOf(page, 'Orders');
  await page.waitForTimeout(4000);
} catch (error) {
  await scene.window.page.screenshot({ path: '/tmp/shots/e2e.png' });
  console.log(await scene.window.page.locator('body').ariaSnapshot());
  console.log(scene.host.output().slice(-3000), scene.window.problems);
  throw error;
} finally {
  await scene[Symbol.asyncDispose]();
}
