import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InProcess, startInProcess } from '#tests/support/gateway/in-process.ts';
import { createSimulator, type Simulator } from '#tests/support/simulator/simulator.ts';
import { until } from '#tests/support/until.ts';

const secret = `whsec_${Buffer.from('security test signing key').toString('base64')}`;
const strangeKey = 'sk_live_pasted_in_the_wrong_place';

describe('the central account of a gateway', () => {
  let simulator: Simulator;
  let gateway: InProcess;
  const lines: string[] = [];
  const note = (fields: object, message: string) => void lines.push(JSON.stringify({ ...fields, message }));
  const read = () => gateway.client.call('answers.read', { destination: 'hook' });

  beforeAll(async () => {
    simulator = await createSimulator();
    process.env.SECURITY_TEST_HOOK = secret;
    const credential = { env: 'SECURITY_TEST_HOOK' };
    const config = {
      sources: [{ id: 'web', writeKey: 'security-test' }],
      destinations: [{ id: 'hook', connector: 'webhook', endpoint: simulator.endpoint('webhook'), credential }],
    };
    gateway = await startInProcess(config, { info: note, warn: note, error: note });
  });
  afterAll(async () => {
    await gateway?.[Symbol.asyncDispose]();
    await simulator?.close();
    delete process.env.SECURITY_TEST_HOOK;
  });

  const web = (path: string) => new URL(path, gateway.controlUrl.replace(/^ws/, 'http'));

  it('knows who came in and who was turned away, and keeps no key, token or address', async () => {
    expect(await gateway.track(strangeKey, 'a')).toBe(401);
    expect(await gateway.track(strangeKey, 'b')).toBe(401);
    expect((await fetch(web('/v1/ledger'), { headers: { authorization: 'Bearer a-wrong-token' } })).status).toBe(401);
    const { attempts, totals } = await gateway.client.call('security.log', {});
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
    expect(await gateway.track('security-test', 'good')).toBe(200);
    await until(() => simulator.counters().webhook?.stored === 1);
    simulator.dial({ vendor: 'webhook', failure: '500' });
    expect(await gateway.track('security-test', 'bad')).toBe(200);
    // Volumes are counted up once a second.
    await until(async () => (await read()).answers.length > 0 && (await read()).transfer.bytesOut > 0);
    const { answers, transfer } = await read();
    expect(answers[0]).toMatchObject({ status: 500, class: 'server', shape: '{error: text}' });
    expect(transfer.byStatus).toMatchObject({ '2xx': 1, none: 0 });
    expect(transfer.requests).toBeGreaterThanOrEqual(2);
    expect(transfer.bytesIn).toBeGreaterThan(0);
    await expect(gateway.client.call('answers.read', { destination: 'nobody' })).rejects.toThrow('DOCUMENT_NOT_FOUND');
  });

  it('is in the metrics', async () => {
    const text = await (await fetch(web('/metrics'))).text();
    expect(text).toMatch(/^sluice_authentications_total\{class="refused"\} 3$/m);
    expect(text).toMatch(/^sluice_ingest_unknown_keys_total 2$/m);
    expect(text).toMatch(/^sluice_delivery_answers_total\{destination="hook",class="2xx"\} 1$/m);
    expect(text.match(/^# TYPE sluice_delivery_answer_bytes_total counter$/gm)).toHaveLength(1);
  });
});
