import type { Page } from 'playwright-core';
import { loadAxe } from './accessibility.ts';
import { writeKey } from './events.ts';
import { type Scene, startScene } from './scene.ts';

/** A console with one source, Shop, and one destination, Orders, which is simulated. @param orders what else is said of Orders */
export function startShop(orders: object = {}): Promise<Scene> {
  return startScene({
    window: { prepare: loadAxe },
    config: (simulator) => ({
      sources: [{ id: 'shop', name: 'Shop', writeKey }],
      destinations: [{ id: 'orders', name: 'Orders', connector: 'webhook', endpoint: simulator.endpoint('webhook.orders'), ...orders }],
    }),
  });
}

/** Pictures for whoever wants to look: where `SLUICE_SHOTS` names a folder. */
export async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env.SLUICE_SHOTS;
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
}
