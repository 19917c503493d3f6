import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from '#contract/zod.ts';
import { type ControlClient, connectControl } from '#tests/support/gateway/control-client.ts';
import type { Scene } from './scene.ts';

const addressSchema = z.object({ url: z.string(), token: z.string() });

/** Somebody else who works at the gateway of a scene: at the command line, or at another console. */
export async function connectOther({ host }: Pick<Scene, 'host'>): Promise<ControlClient> {
  const { url, token } = addressSchema.parse(JSON.parse(await readFile(join(host.folder, 'data/gateway/control.json'), 'utf8')));
  return connectControl(url, token);
}
