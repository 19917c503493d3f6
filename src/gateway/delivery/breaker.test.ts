import { describe, expect, it } from 'vitest';
import { destinationSchema } from '#contract/documents/destination.ts';
import { type BreakerNote, breakerDefaults, breakerOptionsOf, createBreaker } from './breaker.ts';

function makeBreaker(note: BreakerNote | null = null, clock = { now: 1_000_000 }) {
  const notes: (BreakerNote | null)[] = [];
  const options = { ...breakerDefaults, minCalls: 4, openMs: 1000, probes: 2, slowMs: 100 };
  const breaker = createBreaker(options, () => clock.now, { note, keep: (kept) => notes.push(kept) });
  const call = (good: boolean, latencyMs = 1) => {
    breaker.started();
    breaker.finished(good, latencyMs);
  };
  return { clock, breaker, call, notes };
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

  it('goes on with its pause after a restart, and says why it opened', () => {
    const { breaker, call, clock, notes } = makeBreaker();
    for (let i = 0; i < 4; i++) call(false);
    expect(notes.at(-1)).toMatchObject({ state: 'open', why: '4 of 4 requests failed' });
    clock.now += 500;
    const next = makeBreaker(notes.at(-1), clock);
    expect(next.breaker.state).toBe('open');
    expect(next.breaker.why).toBe('4 of 4 requests failed');
    expect(next.breaker.troubledSince).toBe(breaker.troubledSince);
    expect(next.breaker.allowance()).toBe(0);
    clock.now += 500;
    expect(next.breaker.allowance()).toBe(2);
  });

  it('probes at once after a restart where it was probing, and never waits longer than it may', () => {
    const clock = { now: 1_000_000 };
    const note = { state: 'half-open', why: 'a probe failed', troubledSince: 1, opensAt: clock.now + 1e9, openMs: 4000 } as const;
    expect(makeBreaker(note, clock).breaker.allowance()).toBe(2);
    const { breaker } = makeBreaker({ ...note, state: 'open' }, clock);
    expect(breaker.opensAt).toBe(clock.now + 4000);
  });

  it('forgets its trouble when it closes', () => {
    const { breaker, call, clock, notes } = makeBreaker();
    for (let i = 0; i < 4; i++) call(false);
    clock.now += 1000;
    breaker.allowance();
    call(true);
    call(true);
    expect(notes.at(-1)).toBeNull();
    expect(breaker.why).toBe('');
  });
});

describe('a breaker that somebody forces', () => {
  const by = { by: 'ana', reason: 'vendor asked for quiet', at: 5 };

  it('open sends nothing, whatever was measured, and probes when it is given back', () => {
    const { breaker } = makeBreaker();
    breaker.force({ state: 'open', ...by });
    expect(breaker.allowance()).toBe(0);
    expect(breaker).toMatchObject({
      state: 'open',
      measured: 'closed',
      why: 'forced open by ana: vendor asked for quiet',
      troubledSince: 5,
    });
    breaker.force(null);
    expect(breaker).toMatchObject({ state: 'half-open', forced: null });
    expect(breaker.allowance()).toBe(2);
  });

  it('closed sends everything, and shows what it would do by itself', () => {
    const { breaker, call, clock } = makeBreaker();
    for (let i = 0; i < 4; i++) call(false);
    breaker.force({ state: 'closed', ...by });
    expect(breaker.allowance()).toBe(Number.POSITIVE_INFINITY);
    expect(breaker).toMatchObject({ state: 'closed', measured: 'open' });
    clock.now += 1000;
    call(true);
    call(true);
    expect(breaker.measured).toBe('closed');
    for (let i = 0; i < 4; i++) call(false);
    expect(breaker).toMatchObject({ state: 'closed', measured: 'open' });
    breaker.force(null);
    expect(breaker.allowance()).toBe(0);
  });
});

describe('the breaker of a destination', () => {
  const optionsOf = (delivery: object) => breakerOptionsOf(destinationSchema.parse({ name: 'x', connector: 'x', delivery }).delivery);

  it('judges by the defaults where nothing is set', () => {
    expect(optionsOf({})).toEqual(breakerDefaults);
  });

  it('calls slow what takes four fifths of the time limit, unless it is told otherwise', () => {
    expect(optionsOf({ timeoutMs: 5000 }).slowMs).toBe(4000);
    expect(optionsOf({ timeoutMs: 5000, breaker: { slowMs: 300 } }).slowMs).toBe(300);
  });

  it('never pauses for less than it was told to', () => {
    expect(optionsOf({ breaker: { openMs: 600_000 } })).toMatchObject({ openMs: 600_000, longestOpenMs: 600_000 });
  });
});
