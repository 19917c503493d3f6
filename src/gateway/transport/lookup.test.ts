import type { LookupAddress } from 'node:dns';
import { connect, createServer } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { createLookup } from './lookup.ts';

const v4: LookupAddress = { address: '192.0.2.1', family: 4 };
const v6: LookupAddress = { address: '2001:db8::1', family: 6 };

function makeLookup() {
  const clock = { now: 0 };
  const asked: { hostname: string; answer: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void }[] = [];
  const lookup = createLookup(
    (hostname, _, answer) => void asked.push({ hostname, answer }),
    () => clock.now,
  );
  const all = (hostname: string) =>
    new Promise<readonly LookupAddress[] | string>((resolve) => {
      lookup(hostname, { all: true }, (error, addresses) => resolve(error ? String(error.code) : (addresses as LookupAddress[])));
    });
  return { clock, asked, lookup, all };
}
const failure = (code: string) => Object.assign(new Error(code), { code });

describe('looking up a name', () => {
  it('asks once, however many connections wait for it', async () => {
    const { asked, all } = makeLookup();
    const waiting = [all('a.test'), all('a.test'), all('b.test')];
    expect(asked.map(({ hostname }) => hostname)).toEqual(['a.test', 'b.test']);
    for (const { answer } of asked) answer(null, [v4, v6]);
    expect(await Promise.all(waiting)).toEqual([
      [v4, v6],
      [v4, v6],
      [v4, v6],
    ]);
  });

  it('asks again after two seconds', async () => {
    const { asked, all, clock } = makeLookup();
    const first = all('a.test');
    asked[0]?.answer(null, [v4]);
    await first;
    await all('a.test');
    expect(asked).toHaveLength(1);
    clock.now = 3000;
    const again = all('a.test');
    expect(asked).toHaveLength(2);
    asked[1]?.answer(null, [v6]);
    expect(await again).toEqual([v6]);
  });

  it('uses what it knew while the name servers hang or fail for a time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    try {
      const { asked, all, clock } = makeLookup();
      const first = all('a.test');
      asked[0]?.answer(null, [v4]);
      await first;
      clock.now = 60_000;
      const hanging = all('a.test');
      await vi.advanceTimersByTimeAsync(1000);
      expect(await hanging).toEqual([v4]);
      asked[1]?.answer(failure('EAI_AGAIN'), []);
      const failing = all('a.test');
      asked[2]?.answer(failure('EAI_AGAIN'), []);
      expect(await failing).toEqual([v4]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('believes that a name is gone', async () => {
    const { asked, all, clock } = makeLookup();
    const first = all('a.test');
    asked[0]?.answer(null, [v4]);
    await first;
    clock.now = 60_000;
    const gone = all('a.test');
    asked[1]?.answer(failure('ENOTFOUND'), []);
    expect(await gone).toBe('ENOTFOUND');
    const after = all('a.test');
    asked[2]?.answer(failure('EAI_AGAIN'), []);
    expect(await after).toBe('EAI_AGAIN');
  });

  it('gives one address of the family that is wanted', async () => {
    const { asked, lookup } = makeLookup();
    const one = (family: number) =>
      new Promise((resolve) => lookup('a.test', { family }, (error, address, of) => resolve(error ? error.code : [address, of])));
    const wanted = [one(0), one(6)];
    for (const { answer } of asked) answer(null, [v4, v6]);
    expect(await Promise.all(wanted)).toEqual([
      ['192.0.2.1', 4],
      ['2001:db8::1', 6],
    ]);
  });

  it('connects by the real resolver', async () => {
    const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const socket = connect({ host: 'localhost', port: typeof address === 'object' && address ? address.port : 0, lookup: createLookup() });
    await new Promise((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
});
