/** What an app in a browser has of OpenFeature: the SDK and the OFREP provider, both as published. Bundled by `web-page.ts`. */
import { OFREPWebProvider, type OFREPWebProviderOptions } from '@openfeature/ofrep-web-provider';
import type { Provider } from '@openfeature/web-sdk';

export { OpenFeature } from '@openfeature/web-sdk';

/** Its published types disagree with the SDK's where `exactOptionalPropertyTypes` is on. */
export function createProvider(options: OFREPWebProviderOptions): Provider {
  return new OFREPWebProvider(options) as Provider;
}
