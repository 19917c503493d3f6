import { describe, expect, it } from 'vitest';
import { breakerDefaults, createBreaker } from './breaker.ts';

function makeBreaker() {
  const clock = { now: 1_000_000 };
  const breaker = createBreaker({ ...breakerDefaults, minCalls: 4, openMs: 1000, probes: 2, slowMs: 100 }, () => clock.now);
  const call = (good: boolean, latencyMs = 1) => {
    breaker.started();
    breaker.finished(good, latencyMs);
  };
  return { clock, breaker, call };
}

describe('the breaker of a lane', () => {
  it('stays closed below the minimum number of calls, however bad they are', () => {
    const { breaker, call } = makeBreaker();
    for (let i = 0; i < 3; i++) call(false);
    expect(breaker.state).toBe('closed');
  });

  it('opens when half of the calls fail, and sends nothing while open', () => {
    const { breaker, call } = makeBreaker();
    for (const good of [true, false, true, false]) call(good);
    expect(breaker.state).toBe('open');
    expect(breaker.allowance()).toBe(0);
  });

  it('opens on calls that are slow though they succeed', () => {
    const { breaker, call } = makeBreaker();
    for (let i = 0; i < 4; i++) call(true, 500);
    expect(breaker.state).toBe('open');
  });

  it('lets a few probes through after its time, and closes when they are good', () => {
    const { breaker, call, clock } = makeBreaker();
    for (let i = 0; i < 4; i++) call(false);
    clock.now += 1000;
    expect(breaker.allowance()).toBe(2);
    call(true);
    expect(breaker.state).toBe('half-open');
    call(true);
    expect(breaker.state).toBe('closed');
  });

  it('opens for twice as long when a probe fails', () => {
    const { breaker, call, clock } = makeBreaker();
    for (let i = 0; i < 4; i++) call(false);
    clock.now += 1000;
    breaker.allowance();
    call(false);
    expect(breaker.opensAt - clock.now).toBe(2000);
  });

  it('forgets failures that left the window', () => {
    const { breaker, call, clock } = makeBreaker();
    for (let i = 0; i < 3; i++) call(false);
    clock.now += breakerDefaults.windowMs;
    for (let i = 0; i < 3; i++) call(true);
    call(false);
    expect(breaker.state).toBe('closed');
  });

  it('gives a probe that never left back', () => {
    const { breaker, call, clock } = makeBreaker();
    for (let i = 0; i < 4; i++) call(false);
    clock.now += 1000;
    expect(breaker.allowance()).toBe(2);
    breaker.started();
    expect(breaker.allowance()).toBe(1);
    breaker.withdrawn();
    expect(breaker.allowance()).toBe(2);
  });
});
