/** What a real gateway tells Prometheus of the paths to its vendors: rate, endpoint, certificates. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { startGateway } from '#tests/support/bench/gateway.ts';
import { connectControl } from '#tests/support/gateway/control-client.ts';
import { createAuthority } from '#tests/support/tls/certificates.ts';
import { until } from '#tests/support/until.ts';

const promtool = '/usr/bin/promtool';
const dayMs = 86_400_000;
// A name that would break a label that is not escaped.
const authority = () => createAuthority('Acme "Root" CA', { expiresAt: new Date(Date.now() + 5 * dayMs) });
const secret = `whsec_${Buffer.from('metrics test signing key').toString('base64')}`;

it.skipIf(!existsSync(promtool))('are as promtool wants them, with the limits of a lane and the ends of certificates', async () => {
  await using gateway = await startGateway({
    env: { HOOK: secret },
    config: {
      sources: [{ id: 'web', writeKey: 'metrics-key' }],
      destinations: [
        {
          id: 'hook',
          connector: 'webhook',
          endpoint: 'http://127.0.0.1:9/hook',
          credential: { env: 'HOOK' },
          transport: { ca: authority().cert },
          endpoints: { others: [{ id: 'eu', url: 'http://127.0.0.1:9/eu', dedupeDomain: 'primary' }] },
          delivery: { ratePerSecond: 250 },
        },
      ],
    },
  });
  const url = new URL('/metrics', gateway.controlUrl.replace(/^ws/, 'http'));
  const read = async () => (await fetch(url, { headers: { authorization: `Bearer ${gateway.token}` } })).text();
  // Lanes are told of from the first tick on.
  await until(async () => (await read()).includes('sluice_lane_state'));
  const text = await read();
  expect(text).toContain('sluice_lane_rate_events_per_second{destination="hook"} 250\n');
  expect(text).toContain('sluice_lane_rate_ceiling_events_per_second{destination="hook"} 250\n');
  expect(text).toContain('sluice_lane_endpoint_in_use{destination="hook",endpoint="primary"} 1\n');
  expect(text).toMatch(/sluice_certificate_ends_at_seconds\{destination="hook",endpoint="",role="ca",subject="Acme .*"\} \d+\n/);
  execFileSync(promtool, ['check', 'metrics'], { input: text, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
  await using control = connectControl(gateway.controlUrl, gateway.token);
  const { warnings, destinations } = await control.call('transport.read', { warningsOnly: true });
  expect(destinations).toEqual([]);
  expect(warnings).toMatchObject([{ destination: 'hook', certificate: { role: 'ca', verdict: 'ends' } }]);
  const lane = await control.call('lane.read', { destination: 'hook' });
  expect(lane).toMatchObject({
    rate: { ceilingPerSecond: 250 },
    order: null,
    apartFor: null,
    breaker: { effective: 'closed', window: { calls: 0 } },
  });
});
