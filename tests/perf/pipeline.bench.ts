/**
 * Durable single events with a tracking plan, consent and redaction on, against the same gateway without them.
 * Every event carries the consent object of a consent manager; half of the properties are free text.
 */
import { type BenchGateway, caughtUpLedger, ledgerProblems, startGateway } from '#tests/support/bench/gateway.ts';
import { measurePairs } from '#tests/support/bench/pairs.ts';
import { type BenchOptions, type BenchReport, note } from '#tests/support/bench/report.ts';
import { median, roundTo } from '#tests/support/bench/stats.ts';
import { hasWrk, runWrk } from '#tests/support/bench/wrk.ts';
import { connectControl } from '#tests/support/gateway/control-client.ts';

const writeKey = 'bench-write-key';
const serverCore = 0;
const loadCore = 1;
const config = {
  sources: [{ id: 'bench', writeKey }],
  destinations: [{ id: 'vendor', connector: 'webhook', endpoint: 'http://127.0.0.1:9' }],
};

const schema = {
  type: 'object',
  required: ['currency', 'total', 'items'],
  properties: {
    currency: { type: 'string', enum: ['EUR', 'USD', 'GBP'] },
    total: { type: 'number', minimum: 0 },
    items: {
      type: 'array',
      items: { type: 'object', required: ['sku'], properties: { sku: { type: 'string' }, quantity: { type: 'integer', minimum: 1 } } },
    },
    note: { type: 'string', maxLength: 500 },
  },
};
const rules = [
  { id: 'cards', match: { by: 'pattern' as const, pattern: 'card' as const }, action: 'mask' as const, keep: 4 },
  { id: 'mail', match: { by: 'pattern' as const, pattern: 'email' as const }, action: 'mask' as const },
  { id: 'phone', match: { by: 'path' as const, path: '$.properties.customer.phone' }, action: 'hash' as const },
];

/** About 500 bytes, as an SDK sends an order; the unique message id goes between the two. */
const before =
  '{"type":"track","event":"Order Completed","userId":"user-1","anonymousId":"0b7d9c5e-62d1-4f5e-9a25-5b1f0a3c7d11","messageId":"';
const after = `","timestamp":"2026-01-01T00:00:00.000Z","context":{"consent":{"categoryPreferences":{"Advertising":true,"Analytics":true}},"page":{"path":"/checkout"}},"properties":{"currency":"EUR","total":42.5,"items":[{"sku":"A-1","quantity":2}],"note":"${'please ring twice, '.repeat(6)}"}}`;

interface Side {
  readonly gateway: BenchGateway;
  acknowledged: number;
  refused: number;
}

export async function run({ quick }: BenchOptions): Promise<BenchReport> {
  if (!hasWrk()) throw new Error('this bench needs wrk: apt-get install wrk');
  const start = () => startGateway({ config, args: ['--park', 'everything'], core: serverCore });
  await using first = await start();
  await using second = await start();
  const on: Side = { gateway: first, acknowledged: 0, refused: 0 };
  const off: Side = { gateway: second, acknowledged: 0, refused: 0 };
  await switchOn(first);
  const seconds = quick ? 1 : 3;
  note('warming up');
  await drive(on, seconds);
  await drive(off, seconds);
  const pairs = await measurePairs({ rounds: quick ? 2 : 6, a: () => drive(on, seconds), b: () => drive(off, seconds) });
  for (const side of [on, off]) await refuseUnbalanced(side);
  return {
    name: 'pipeline',
    figures: [{ id: 'ratio', value: roundTo(pairs.ratio, 3), unit: 'ratio', better: 'higher', must: 0.7, aim: 0.9 }],
    rounds: pairs.rounds,
    detail: {
      onEventsPerSecond: Math.round(median(pairs.a)),
      offEventsPerSecond: Math.round(median(pairs.b)),
      ratios: pairs.ratios.map((ratio) => roundTo(ratio, 3)),
      spoiledRounds: pairs.spoiled,
      quiet: pairs.quiet,
      eventBytes: before.length + 20 + after.length,
      acknowledged: on.acknowledged + off.acknowledged,
      placement: 'both gateways on one core, one at a time; wrk on the other',
    },
  };
}

async function switchOn(gateway: BenchGateway): Promise<void> {
  await using control = connectControl(gateway.controlUrl, gateway.token);
  await control.call('plan.put', { id: 'shop', value: { name: 'Shop', mode: 'quarantine', events: { 'Order Completed': { schema } } } });
  await control.call('redaction.put', { id: 'pii', value: { name: 'Personal data', rules } });
  await control.call('consent.put', { id: 'vendor', value: { categories: ['Advertising'] } });
}

async function drive(side: Side, seconds: number): Promise<number> {
  const authorization = `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`;
  const headers = { 'content-type': 'application/json', authorization };
  const bodyLua = `[[${before}]] .. id() .. [[${after}]]`;
  const result = await runWrk({ url: `${side.gateway.ingestUrl}/v1/track`, seconds, connections: 64, bodyLua, headers, core: loadCore });
  side.acknowledged += result.requests - result.non2xx;
  side.refused += result.non2xx + result.failed;
  return result.requestsPerSecond;
}

/** A throughput run counts only if its ledger balances; and nothing may have been quarantined. */
async function refuseUnbalanced({ gateway, acknowledged, refused }: Side): Promise<void> {
  const problems = ledgerProblems(await caughtUpLedger(gateway, acknowledged), acknowledged);
  if (refused > 0) problems.push(`${refused} requests were refused or failed`);
  if (problems.length > 0) throw new Error(`void: ${problems.join('; ')}`);
}
