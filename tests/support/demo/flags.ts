/** The demo's flags: put over the control port, as a person would. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Flag, flagSchema } from '#contract/documents/flag.ts';
import { z } from '#contract/zod.ts';
import { connectControl } from '#tests/support/gateway/control-client.ts';

const onOff = { variants: { on: true, off: false }, defaultVariant: 'off', demo: true };
const share = (percent: number) => ({
  fractional: [
    ['on', percent],
    ['off', 100 - percent],
  ],
});
const forPro = { '===': [{ var: 'plan' }, 'pro'] };

export const demoFlags: Readonly<Record<string, Flag>> = {
  'new-checkout': flagSchema.parse({
    ...onOff,
    description: 'The checkout in one step, in the web shop',
    targeting: { if: [forPro, 'on', share(25)] },
    owner: 'ana',
  }),
  'ga4-rollout': flagSchema.parse({
    ...onOff,
    description: 'Whose events Google Analytics gets already',
    targeting: share(50),
    exposed: false,
    owner: 'sam',
  }),
  recommendations: flagSchema.parse({
    ...onOff,
    type: 'kill',
    defaultVariant: 'on',
    description: 'Recommendations on the start page; off when they are slow',
    owner: 'ana',
  }),
  'page-size': flagSchema.parse({
    type: 'ops',
    variants: { small: 20, large: 50 },
    defaultVariant: 'small',
    description: 'Products on a page',
    demo: true,
  }),
  'old-banner': flagSchema.parse({
    ...onOff,
    description: 'The banner of last spring',
    staleAt: Date.UTC(2025, 5, 1),
    targeting: { if: [true, 'on'] },
  }),
};

const controlSchema = z.object({ url: z.string(), token: z.string() });

/** Waits for the gateway of a data folder, then puts the flags. Gives up after five minutes: the console may have to be built first. */
export async function putDemoFlags(dataFolder: string): Promise<void> {
  const { url, token } = await controlOf(dataFolder);
  await using control = connectControl(url, token, 'demo');
  for (const [id, value] of Object.entries(demoFlags)) await control.call('flag.put', { id, value, reason: 'demo' });
}

async function controlOf(dataFolder: string): Promise<z.output<typeof controlSchema>> {
  for (let tries = 0; ; tries++) {
    const text = await readFile(join(dataFolder, 'control.json'), 'utf8').catch(() => null);
    if (text !== null) return controlSchema.parse(JSON.parse(text));
    if (tries >= 3000) throw new Error('no gateway came up');
    await wait(100);
  }
}
