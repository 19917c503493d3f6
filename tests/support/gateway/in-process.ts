/** A gateway in this process, on ports and a data folder of its own: for what a test wants to see of its inside, its log lines say. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Secret } from '#contract/secret.ts';
import { startGateway } from '#gateway/node/index.ts';
import type { Logger } from '#gateway/node/logger.ts';
import { parseOptions } from '#gateway/node/options.ts';
import { type ControlClient, connectControl } from './control-client.ts';

export interface InProcess extends AsyncDisposable {
  /** Base URL of ingest. */
  readonly ingestUrl: string;
  readonly controlUrl: string;
  readonly client: ControlClient;
  readonly token: Secret;
  /** Sends one event; answers the status. */
  track(writeKey: string, messageId: string): Promise<number>;
}

const silent: Logger = { info: () => {}, warn: () => {}, error: () => {} };

/** @param config what the configuration file declares */
export async function startInProcess(config: object, logger: Logger = silent): Promise<InProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-in-process-'));
  const configFile = join(folder, 'sluice.yaml');
  await writeFile(configFile, JSON.stringify(config));
  const ports = ['--ingest-port', '0', '--control-port', '0'];
  const options = parseOptions(['--data', join(folder, 'data'), '--config', configFile, ...ports]);
  if (!options.ok) throw new Error(options.error.code);
  const started = await startGateway(options.value, null, logger);
  if (!started.ok) throw new Error(started.error.code);
  const { ingestUrl, controlUrl, token, close } = started.value;
  const client = connectControl(controlUrl, token.reveal());
  return {
    ingestUrl,
    controlUrl,
    client,
    token,
    async track(writeKey, messageId) {
      const response = await fetch(`${ingestUrl}/v1/track`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${writeKey}:`)}`, 'content-type': 'application/json' },
        body: JSON.stringify({ messageId, event: 'Order Completed', userId: 'ana@example.com', timestamp: new Date().toISOString() }),
      });
      await response.body?.cancel();
      return response.status;
    },
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
