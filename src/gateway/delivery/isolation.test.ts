import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleEvent } from '#tests/support/simulator/sample-event.ts';
import { createIsolation, type Isolation } from './isolation.ts';
import { whsec } from './testing/desk.ts';

const worker = new URL('./testing/poison-worker.ts', import.meta.url);
const job = {
  connector: 'webhook',
  settings: {},
  endpoint: 'http://127.0.0.1:9',
  credential: { secret: whsec },
  now: 1_700_000_000_000,
};

let isolation: Isolation;
const encode = (name: string) => isolation.encode(sampleEvent({ name }), job);

beforeEach(() => {
  isolation = createIsolation({ worker, maxMemoryMb: 32 });
});
afterEach(() => isolation.close());

describe('encoding apart', () => {
  it('gives what the connector makes of an event', async () => {
    const isolated = await encode('Order');
    expect(isolated).toMatchObject({
      kind: 'encoded',
      encoded: { refused: [], requests: [{ method: 'POST', events: [{ name: 'Order' }] }] },
    });
  });

  it.each([
    ['exits', 'its encoding ends the process'],
    ['fills', 'it takes too much memory to encode'],
    ['throws', 'the connector fails on it: TypeError'],
  ])('finds an event that %s, and goes on with the next', async (name, detail) => {
    expect(await encode(name)).toEqual({ kind: 'poison', detail });
    expect((await encode('Order')).kind).toBe('encoded');
  });

  it('finds an event that hangs, and goes on with the next', async () => {
    await isolation.close();
    isolation = createIsolation({ worker, timeoutMs: 500 });
    expect(await encode('hangs')).toEqual({ kind: 'poison', detail: 'its encoding takes longer than 500 ms' });
    expect((await encode('Order')).kind).toBe('encoded');
  });

  it('says nothing of an event when it is closed meanwhile', async () => {
    const isolated = encode('hangs');
    await isolation.close();
    expect(await isolated).toEqual({ kind: 'stopped' });
  });

  it('blames no event for a worker that does not start', async () => {
    isolation = createIsolation({ worker: new URL('./testing/no-such.worker.ts', import.meta.url) });
    expect(await encode('Order')).toEqual({ kind: 'stopped' });
  });
});
