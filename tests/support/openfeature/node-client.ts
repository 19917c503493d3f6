/** OpenFeature's web provider in Node, as an app has it in a browser: it caches all flags, and listens or polls. */
import { ProviderEvents } from '@openfeature/web-sdk';
import { EventSource } from 'undici';
import { createProvider, OpenFeature } from './web-app.ts';

export interface FlagClient extends AsyncDisposable {
  /** The value that it has now. */
  isOn(key: string): boolean;
  /** Resolves once it has a value of a flag. */
  learns(key: string, isOn: boolean): Promise<void>;
}

/** @param pollMs null: told by change notifications */
export async function connectFlagClient(ingestUrl: string, writeKey: string, name: string, pollMs: number | null): Promise<FlagClient> {
  globalThis.EventSource ??= EventSource as unknown as typeof globalThis.EventSource;
  const provider = createProvider({
    baseUrl: ingestUrl,
    headers: [['authorization', `Bearer ${writeKey}`]],
    cacheMode: 'disabled',
    ...(pollMs === null ? {} : { changeDetection: 'polling' as const, pollInterval: pollMs }),
  });
  await OpenFeature.setProviderAndWait(name, provider, { targetingKey: name });
  const client = OpenFeature.getClient(name);
  const isOn = (key: string) => client.getBooleanValue(key, false);
  return {
    isOn,
    learns(key, wanted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const look = () => {
        if (isOn(key) !== wanted) return;
        client.removeHandler(ProviderEvents.ConfigurationChanged, look);
        resolve();
      };
      client.addHandler(ProviderEvents.ConfigurationChanged, look);
      return promise;
    },
    async [Symbol.asyncDispose]() {
      await provider.onClose?.();
    },
  };
}
