import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { watchCpu } from './cpu.ts';
import { freePort } from './free-port.ts';
import { openLoop } from './open-loop.ts';
import { measurePairs } from './pairs.ts';
import { startServer } from './server.ts';
import { median, percentile, summary } from './stats.ts';
import { hasWrk, runWrk } from './wrk.ts';

describe('statistics of a bench', () => {
  it('take the nearest rank, whatever the order of the samples', () => {
    expect(percentile([5, 1, 4, 2, 3], 0.5)).toBe(3);
    expect(percentile([5, 1, 4, 2, 3], 0.99)).toBe(5);
    expect(percentile([5, 1], 0)).toBe(1);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([3, 1, 2])).toBe(2);
    expect(summary([2, 1])).toEqual({ n: 2, min: 1, p50: 1, p95: 2, p99: 2, max: 2 });
  });

  it('refuse to speak about no samples', () => {
    expect(() => percentile([], 0.5)).toThrow(RangeError);
    expect(() => percentile([1], 2)).toThrow('p must be in 0..1');
  });
});

describe('pairs', () => {
  it('alternate who goes first and give the median of the ratios', async () => {
    const order: string[] = [];
    const values = [10, 20, 90];
    const a = async () => {
      order.push('a');
      return values[(order.filter((name) => name === 'a').length - 1) % 3] ?? 0;
    };
    const b = async () => {
      order.push('b');
      return 10;
    };
    const pairs = await measurePairs({ rounds: 3, maxTries: 3, a, b });
    expect(order.slice(0, 4)).toEqual(['a', 'b', 'b', 'a']);
    expect(pairs.ratio).toBe(2);
    expect(pairs.rounds).toBe(3);
  });

  it('see what other processes take, and not what we take ourselves', () => {
    const watch = watchCpu();
    const until = performance.now() + 50;
    while (performance.now() < until);
    const share = watch.foreignShare();
    expect(share).toBeGreaterThanOrEqual(0);
    expect(share).toBeLessThanOrEqual(1);
  });
});

describe('a server under measurement', () => {
  const program = `console.log('noise'); console.log(JSON.stringify({ ready: true, answer: 42 })); setInterval(() => {}, 1000)`;

  it('is awaited by its ready line and ended with the bench', async () => {
    const server = await startServer({ args: ['-e', program] });
    expect(server.ready).toEqual({ ready: true, answer: 42 });
    await server.stop();
    expect(() => process.kill(server.pid, 0)).toThrow();
  });

  it('that ends early says why', async () => {
    await expect(startServer({ args: ['-e', 'console.error("no disk"); process.exit(3)'] })).rejects.toThrow('no disk');
  });
});

describe('load', () => {
  it('by wrk carries a new id in each request', async ({ skip }) => {
    if (!hasWrk()) skip('wrk is not installed (apt-get install wrk)');
    const bodies: string[] = [];
    const server = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => bodies.push(text));
      request.on('end', () => response.end());
    }).listen(await freePort(), '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const result = await runWrk({ url: `http://127.0.0.1:${port}/`, seconds: 1, connections: 2, bodyLua: `ids(2, "<", ">", ",")` });
    server.closeAllConnections();
    server.close();
    expect(result.requests).toBeGreaterThan(10);
    expect(result.failed + result.non2xx).toBe(0);
    expect(bodies[0]).toMatch(/^<[\w-]+>,<[\w-]+>$/);
    expect(new Set(bodies).size).toBe(bodies.length);
  });

  it('in an open loop counts from the scheduled send', async () => {
    const { latenciesMs, failed } = await openLoop({
      perSecond: 100,
      seconds: 0.1,
      send: async (index) => {
        if (index === 3) throw new Error('refused');
      },
    });
    expect(latenciesMs.length).toBe(9);
    expect(failed).toBe(1);
  });
});
