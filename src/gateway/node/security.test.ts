import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlClient, connectControl } from '#tests/support/gateway/control-client.ts';
import { createSimulator, type Simulator } from '#tests/support/simulator/simulator.ts';
import { until } from '#tests/support/until.ts';
import { type RunningGateway, startGateway } from './index.ts';
import { parseOptions } from './options.ts';

const secret = `whsec_${Buffer.from('security test signing key').toString('base64')}`;
const strangeKey = 'sk_live_pasted_in_the_wrong_place';

describe('the central account of a gateway', () => {
  let simulator: Simulator;
  let folder: string;
  let gateway: RunningGateway;
  let client: ControlClient;
  const lines: string[] = [];
  const note = (fields: object, message: string) => void lines.push(JSON.stringify({ ...fields, message }));

  beforeAll(async () => {
    simulator = await createSimulator();
    folder = await mkdtemp(join(tmpdir(), 'sluice-security-'));
    process.env.SECURITY_TEST_HOOK = secret;
    const config = {
      sources: [{ id: 'web', writeKey: 'security-test' }],
      destinations: [
        { id: 'hook', connector: 'webhook', endpoint: simulator.endpoint('webhook'), credential: { env: 'SECURITY_TEST_HOOK' } },
      ],
    };
    await writeFile(join(folder, 'sluice.yaml'), JSON.stringify(config));
    const options = parseOptions([
      '--data',
      join(folder, 'data'),
      '--config',
      join(folder, 'sluice.yaml'),
      '--ingest-port',
      '0',
      '--control-port',
      '0',
    ]);
    if (!options.ok) throw new Error(options.error.code);
    const started = await startGateway(options.value, null, { info: note, warn: note, error: note });
    if (!started.ok) throw new Error(started.error.code);
    gateway = started.value;
    client = connectControl(gateway.controlUrl, gateway.token.reveal());
  });
  afterAll(async () => {
    await client?.[Symbol.asyncDispose]();
    await gateway?.close();
    await simulator?.close();
    await rm(folder, { recursive: true, force: true });
    delete process.env.SECURITY_TEST_HOOK;
  });

  async function send(writeKey: string, messageId: string): Promise<number> {
    const response = await fetch(`${gateway.ingestUrl}/v1/track`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${writeKey}:`)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ messageId, event: 'Order Completed', userId: 'ana@example.com', timestamp: new Date().toISOString() }),
    });
    await response.arrayBuffer();
    return response.status;
  }
  const web = (path: string) => new URL(path, gateway.controlUrl.replace(/^ws/, 'http'));

  it('knows who came in and who was turned away, and keeps no key, token or address', async () => {
    expect(await send(strangeKey, 'a')).toBe(401);
    expect(await send(strangeKey, 'b')).toBe(401);
    expect((await fetch(web('/v1/ledger'), { headers: { authorization: 'Bearer a-wrong-token' } })).status).toBe(401);
    const { attempts, totals } = await client.call('security.log', {});
    expect(attempts.map(({ door, outcome, code, who, count }) => [door, outcome, code, who.length, count])).toEqual([
      ['control', 'refused', 'AUTH_REQUIRED', 0, 1],
      ['ingest', 'refused', 'INGEST_KEY_UNKNOWN', 8, 2],
      ['control', 'accepted', '', 'test'.length, 1],
    ]);
    expect(totals).toEqual({ accepted: 1, refused: 3, unknownKeys: 2 });
    expect(lines.filter((line) => line.includes('authentication'))).toHaveLength(3);
    for (const text of [strangeKey, 'a-wrong-token', gateway.token.reveal(), '127.0.0.1'])
      expect(lines.filter((line) => line.includes('authentication')).join() + JSON.stringify(attempts)).not.toContain(text);
  });

  it('knows what went out and came back, and what a vendor answered that nobody hoped for, by its shape', async () => {
    expect(await send('security-test', 'good')).toBe(200);
    await until(() => simulator.counters().webhook?.stored === 1);
    simulator.dial({ vendor: 'webhook', failure: '500' });
    expect(await send('security-test', 'bad')).toBe(200);
    const read = () => client.call('answers.read', { destination: 'hook' });
    // Volumes are counted up once a second.
    await until(async () => (await read()).answers.length > 0 && (await read()).transfer.bytesOut > 0);
    const { answers, transfer } = await read();
    expect(answers[0]).toMatchObject({ status: 500, class: 'server', shape: '{error: text}' });
    expect(transfer.byStatus).toMatchObject({ '2xx': 1, none: 0 });
    expect(transfer.requests).toBeGreaterThanOrEqual(2);
    expect(transfer.bytesIn).toBeGreaterThan(0);
    await expect(client.call('answers.read', { destination: 'nobody' })).rejects.toThrow('DOCUMENT_NOT_FOUND');
  });

  it('is in the metrics', async () => {
    const text = await (await fetch(web('/metrics'))).text();
    expect(text).toMatch(/^sluice_authentications_total\{class="refused"\} 3$/m);
    expect(text).toMatch(/^sluice_ingest_unknown_keys_total 2$/m);
    expect(text).toMatch(/^sluice_delivery_answers_total\{destination="hook",class="2xx"\} 1$/m);
    expect(text.match(/^# TYPE sluice_delivery_answer_bytes_total counter$/gm)).toHaveLength(1);
  });
});
