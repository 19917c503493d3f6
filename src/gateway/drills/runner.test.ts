import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Drill } from '#contract/documents/drill.ts';
import { drillTimes } from '#contract/documents/drill.ts';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { Fault } from './fault.ts';
import { createDrillRunner, leastBrokenMs, longestBrokenMs, longestRecoveryMs } from './runner.ts';
import type { Scene } from './signs.ts';

type Lane = Scene['lanes'] extends ReadonlyMap<string, infer L> ? L : never;
const well: Lane = { state: 'flowing', why: '', health: 'healthy', breaker: 'closed', oldestAt: null, retrying: 0, dead: 0 };
const held: Lane = { ...well, state: 'held', why: 'held: HTTP 401', health: 'held' };

const drill: Drill = {
  kind: 'revoked-credential',
  destination: 'crm',
  touches: ['crm'],
  phase: 'breaking',
  outcome: null,
  startedAt: 0,
  brokenAt: null,
  detectedAt: null,
  detectedBy: '',
  liftedAt: null,
  recoveredAt: null,
  endedAt: null,
  note: '',
};

/** What waits for the simulator takes a turn of the loop. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A runner over a lane that a test sets, and a fault that only counts. */
function room() {
  const state = { now: 1_000_000, lane: well, refusal: null as string | null, isBroken: false, holds: 0, lifts: 0 };
  const written: { readonly what: string; readonly drill: Drill }[] = [];
  let answer: Result<void> = ok(undefined);
  const fault: Fault = {
    async hold() {
      state.holds++;
      await turn();
      if (answer.ok) state.isBroken = true;
      return answer;
    },
    async lift() {
      state.lifts++;
      state.isBroken = false;
      return '';
    },
  };
  const runner = createDrillRunner({
    now: () => state.now,
    scene: () => ({ at: state.now, lanes: new Map([['crm', state.lane]]), verdicts: new Map(), refusal: state.refusal }),
    write: (_id, value, what) => void written.push({ what, drill: value }),
    bug: (error) => {
      throw error;
    },
  });
  async function pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      state.now += 1000;
      runner.tick();
      await turn();
      await turn();
    }
  }
  return {
    state,
    written,
    runner,
    pass,
    begin: () => runner.begin('d1', drill, fault),
    failWith: (why: string) => {
      answer = err(appError('DRILL_SIMULATOR_FAILED', { why }));
    },
    last: () => written.at(-1)?.drill ?? drill,
  };
}

describe('a drill', () => {
  it('is passed: broken, noticed, lifted, recovered, with its times', async () => {
    const { begin, pass, state, runner, written, last } = room();
    await begin();
    expect(state.isBroken).toBe(true);
    await pass(2);
    state.lane = held;
    await pass(1);
    expect(last()).toMatchObject({ phase: 'breaking', detectedBy: 'lane of crm: held: HTTP 401' });
    await pass(7);
    expect(state.isBroken).toBe(false);
    await pass(4);
    expect(runner.running()).toBe('d1');
    state.lane = well;
    await pass(1);
    expect(last()).toMatchObject({ phase: 'done', outcome: 'passed', note: '' });
    expect(drillTimes(last())).toEqual({ toDetectMs: 3000, toRecoverMs: 5000 });
    expect(written.map(({ what }) => what)).toEqual(['broken', 'detected', 'lifted', 'ended']);
    expect(runner.running()).toBeNull();
  });

  it('says so where nothing that an operator sees changed', async () => {
    const { begin, pass, last } = room();
    await begin();
    await pass(longestBrokenMs / 1000 + 2);
    expect(last()).toMatchObject({ outcome: 'undetected', detectedAt: null, note: 'no sign that an operator would see' });
  });

  it('says what had not come back in time', async () => {
    const { begin, pass, state, last } = room();
    await begin();
    state.lane = held;
    await pass(leastBrokenMs / 1000 + longestRecoveryMs / 1000 + 2);
    expect(last()).toMatchObject({ outcome: 'unrecovered', recoveredAt: null, note: 'crm: held: HTTP 401' });
  });

  it('waits for the backlog, and counts what died meanwhile', async () => {
    const { begin, pass, state, last } = room();
    await begin();
    state.lane = { ...well, health: 'failing' };
    await pass(leastBrokenMs / 1000);
    state.lane = { ...well, oldestAt: state.now - 5000, dead: 3 };
    await pass(3);
    expect(last().phase).toBe('recovering');
    state.lane = { ...well, dead: 3 };
    await pass(1);
    expect(last()).toMatchObject({ outcome: 'passed', note: '3 more dead letters at crm' });
  });

  it('goes on breaking what is only lent, and no longer', async () => {
    const { begin, pass, state } = room();
    await begin();
    await pass(20);
    expect(state.holds).toBeGreaterThanOrEqual(5);
    await pass(60);
    const holds = state.holds;
    await pass(60);
    expect(state.holds).toBe(holds);
  });

  it('ends where its fault cannot be made, and lifts what half of it was', async () => {
    const { begin, failWith, last, state, runner } = room();
    failWith('It does not answer.');
    expect(await begin()).toMatchObject({ ok: false, error: { code: 'DRILL_SIMULATOR_FAILED' } });
    expect(last()).toMatchObject({ outcome: 'aborted', note: 'It does not answer.' });
    expect(state.lifts).toBe(1);
    expect(runner.running()).toBeNull();
  });

  it('is no business of a lane that stood still before, or that somebody parks meanwhile', async () => {
    const { begin, pass, state, last } = room();
    state.lane = held;
    await begin();
    state.refusal = 'no room';
    await pass(leastBrokenMs / 1000);
    state.refusal = null;
    await pass(1);
    expect(last()).toMatchObject({ outcome: 'passed', detectedBy: 'ingest refuses events: no room' });
  });

  it('goes on after the process that it killed', async () => {
    const { pass, state, runner, last } = room();
    state.lane = { ...well, oldestAt: 5 };
    runner.goOn('d1', { ...drill, kind: 'killed-gateway', phase: 'recovering', brokenAt: 900_000, detectedAt: 950_000, liftedAt: 950_000 });
    await pass(5);
    expect(runner.running()).toBe('d1');
    state.lane = well;
    await pass(1);
    expect(drillTimes(last())).toEqual({ toDetectMs: 50_000, toRecoverMs: 56_000 });
  });
});

describe('whatever happens to a drill', () => {
  const act = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 40 }) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('lane' as const), lane: fc.constantFrom(well, held) }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'stop' as const }) },
  );

  it('what it broke is whole when it is done, and it is done in the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 12 }), async (acts) => {
        const { begin, pass, state, runner, last } = room();
        await begin();
        for (const each of acts) {
          if (each.kind === 'pass') await pass(each.seconds);
          else if (each.kind === 'lane') state.lane = each.lane;
          else await runner.stop('d1', 'stopped by ana');
          if (last().phase !== 'breaking') expect(state.isBroken).toBe(false);
        }
        await pass((longestBrokenMs + longestRecoveryMs) / 1000 + 5);
        expect(state.isBroken).toBe(false);
        expect(last()).toMatchObject({ phase: 'done', outcome: expect.any(String), endedAt: expect.any(Number) });
        expect(runner.running()).toBeNull();
      }),
      { numRuns: 30 },
    );
  });

  it('a stop in the middle of a step leaves nothing broken', async () => {
    const { begin, state, runner, last } = room();
    await begin();
    state.now += 5000;
    runner.tick();
    await runner.stop('d1', 'stopped by ana');
    await turn();
    await turn();
    expect(state.isBroken).toBe(false);
    expect(last()).toMatchObject({ outcome: 'aborted', note: 'stopped by ana' });
    expect(await runner.stop('d1', 'again')).toMatchObject({ ok: false, error: { code: 'DOCUMENT_NOT_FOUND' } });
  });
});
