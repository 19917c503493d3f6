import { OFREPProvider } from '@openfeature/ofrep-provider';
import { OpenFeature } from '@openfeature/server-sdk';
import { expect, it } from 'vitest';
import { startGateway } from '#tests/support/bench/gateway.ts';
import { connectControl } from '#tests/support/gateway/control-client.ts';

it('serves flags to an app through the official OpenFeature provider, and a change is in force once its command is answered', async () => {
  await using gateway = await startGateway({ config: { sources: [{ id: 'web', writeKey: 'flag-test-key' }], destinations: [] } });
  await using control = connectControl(gateway.controlUrl, gateway.token);
  const value = {
    variants: { on: true, off: false },
    defaultVariant: 'off',
    targeting: { if: [{ '==': [{ var: 'source' }, 'web'] }, { if: [{ var: 'beta' }, 'on', null] }, null] },
  };
  await control.call('flag.put', { id: 'checkout', value });

  await OpenFeature.setProviderAndWait(
    'e2e',
    new OFREPProvider({ baseUrl: gateway.ingestUrl, headers: { authorization: 'Bearer flag-test-key' } }),
  );
  const client = OpenFeature.getClient('e2e');
  const ask = (beta: boolean) => client.getBooleanDetails('checkout', false, { targetingKey: 'ada', beta });
  expect(await ask(true)).toMatchObject({ value: true, variant: 'on', reason: 'TARGETING_MATCH' });
  expect(await ask(false)).toMatchObject({ value: false, variant: 'off' });

  await control.call('flag.set', { id: 'checkout', defaultVariant: 'on' });
  expect(await ask(false)).toMatchObject({ value: true });
  await control.call('flag.set', { id: 'checkout', state: 'DISABLED' });
  expect(await ask(true)).toMatchObject({ value: false, errorCode: 'FLAG_NOT_FOUND' });

  // The provider for servers keeps nothing: while the gateway is down, the default of the app counts.
  await gateway.server.stop('SIGKILL');
  expect(await client.getBooleanDetails('checkout', true)).toMatchObject({ value: true, reason: 'ERROR' });
  await OpenFeature.clearProviders();
});
