import { describe, expect, it } from 'vitest';
import { shareOf } from '#contract/documents/flag-share.ts';
import { guardrailSchema } from '#contract/documents/guardrail.ts';
import { atHook, attempts, callBy, checkout, createRolloutRoom, errorsRail, given } from './testing/rollout-room.ts';

const plain = { dryRun: false };
type Room = ReturnType<typeof createRolloutRoom>;
const share = (room: Room) => {
  const value = room.flag()?.value;
  return value == null ? null : shareOf(value, 'on');
};
const told = ({ rollout }: Room) => rollout().evidence.map(({ did, step, by }) => `${did} at ${step} by ${by}`);

describe('a rollout that goes well', () => {
  it('gives the variant to more people step by step, and is done', async () => {
    const room = createRolloutRoom();
    expect(given(await room.start())).toMatchObject({ percent: 1 });
    const shares = [share(room)];
    while (room.rollout().state === 'running') {
      room.pass(1, attempts(0));
      if (share(room) !== shares.at(-1)) shares.push(share(room));
    }
    expect(shares).toEqual([1, 25, 100]);
    expect(told(room)).toEqual([
      'started at 0 by grace',
      'advanced at 1 by rollout',
      'advanced at 2 by rollout',
      'finished at 2 by rollout',
    ]);
    expect(room.flag()).toMatchObject({ by: 'rollout', reason: 'advanced: soaked, and its guardrail holds' });
  });

  it('does not leave a step before its time, nor without its sample', async () => {
    const room = createRolloutRoom();
    given(await room.start());
    room.pass(29, attempts(0));
    expect(share(room)).toBe(1);
    const idle = createRolloutRoom();
    given(await idle.start());
    idle.pass(3600, { delivered: 0 });
    expect(share(idle)).toBe(1);
    const [reading] = idle.autopilot.readings();
    expect(reading).toMatchObject({ judged: [{ verdict: 'waiting' }], next: { does: 'advance' } });
    expect(reading?.next.waitsFor).toBe('nothing was measured at hook yet; allowed are 2 %; waits for samples (0 of 500 attempts)');
  });

  it('says in a dry run what it would do, and does nothing', async () => {
    const room = createRolloutRoom();
    const { will } = given(await room.start({ dryRun: true }));
    expect(will).toEqual([
      '1 % get “on” of checkout at once',
      'then 25 %, when the soak time is over and every guardrail holds',
      'it is done in 2 min at the earliest',
      '1 of 1 guardrails take it back by themselves',
    ]);
    expect(room.flag()).toMatchObject({ revision: 1 });
    expect(room.store.list('rollout')).toEqual([]);
  });
});

describe('a breached guardrail', () => {
  it('takes the flag back exactly as it was, and says which one, how far, and by what sample', async () => {
    const room = createRolloutRoom();
    given(await room.start());
    room.pass(40, attempts(0));
    room.pass(60, attempts(5));
    expect(room.rollout()).toMatchObject({ state: 'reverted', step: 1 });
    expect(room.flag()).toMatchObject({ by: 'rollout', value: checkout });
    const entry = room.rollout().evidence.at(-1);
    expect(entry).toMatchObject({ did: 'reverted', by: 'rollout', percent: null, judged: [{ verdict: 'breached', bound: 0.02 }] });
    expect(entry?.judged[0]?.samples).toBeGreaterThanOrEqual(500);
    expect(entry?.why).toMatch(/^\d.* % of 1,\d\d\d attempts at hook failed in 1 min, with certainty more than .* %; allowed are 2 %$/);
    expect(room.flag()?.reason).toBe(`reverted: ${entry?.why}`);
  });

  it('decides nothing before its sample, however bad it looks', async () => {
    const room = createRolloutRoom();
    given(await room.start());
    room.pass(10, attempts(50));
    expect(room.rollout()).toMatchObject({ state: 'running', step: 0 });
    room.pass(10, attempts(50));
    expect(room.rollout().state).toBe('reverted');
  });

  it('takes one terrible second for a hiccup', async () => {
    const room = createRolloutRoom();
    given(await room.start({ guardrails: [errorsRail({ minSamples: 100 })] }));
    room.pass(15, attempts(0));
    room.pass(1, attempts(50));
    room.pass(10, attempts(0));
    expect(room.rollout().state).toBe('running');
  });

  it('pauses where that is what it is for, and another still reverts during the pause', async () => {
    const room = createRolloutRoom();
    const waiting = guardrailSchema.parse({
      ...{ metric: 'waiting', subject: atHook, limit: { type: 'threshold', value: 100 }, windowMs: 10_000, minSamples: 10 },
      ...{ onBreach: 'pause' },
    });
    given(await room.start({ guardrails: [errorsRail(), waiting] }));
    room.pass(12, { ...attempts(0), waiting: 500 });
    expect(room.rollout()).toMatchObject({ state: 'paused', why: 'never below 500 waiting at hook in 10 s; at most 100 allowed' });
    room.pass(120, attempts(0));
    expect(room.rollout().state).toBe('paused');
    room.pass(60, attempts(10));
    expect(room.rollout().state).toBe('reverted');
  });

  it('holds it against what was measured before, where asked to', async () => {
    const before = { type: 'before', lastMs: 3_600_000, margin: 0.01 } as const;
    const room = createRolloutRoom([{ value: 0.05, atMost: 0.06, samples: 5000 }]);
    given(await room.start({ guardrails: [errorsRail({ limit: before })] }));
    room.pass(25, attempts(3));
    expect(room.rollout().state).toBe('running');
    expect(room.autopilot.readings()[0]?.judged[0]).toMatchObject({ verdict: 'ok', bound: expect.closeTo(0.07) });
    room.pass(60, attempts(10));
    expect(room.rollout().state).toBe('reverted');
    const quiet = await createRolloutRoom([null]).start({ guardrails: [errorsRail({ limit: before })] });
    expect(quiet).toMatchObject({ ok: false, error: { code: 'ROLLOUT_IMPOSSIBLE' } });
  });
});

describe('a person', () => {
  it('wins: whoever changes the flag ends the rollout, and their value stays', async () => {
    const room = createRolloutRoom();
    given(await room.start());
    room.put({ ...checkout, state: 'DISABLED' }, 'ada');
    room.pass(100, attempts(20));
    expect(room.rollout()).toMatchObject({ state: 'cancelled' });
    expect(room.rollout().why).toContain('ada changed the flag checkout (revision 3): as the test wants it');
    expect(room.flag()).toMatchObject({ revision: 3, by: 'ada' });
    const revert = await room.handlers['rollout.revert']({ ...plain, id: room.id() }, callBy('ada'));
    expect(revert).toMatchObject({ ok: false, error: { code: 'ROLLOUT_IMPOSSIBLE' } });
  });

  it('wins also in the second before the rollout has noticed', async () => {
    const room = createRolloutRoom();
    given(await room.start());
    room.put(checkout, 'ada');
    const advanced = await room.handlers['rollout.advance']({ ...plain, id: room.id() }, callBy('grace'));
    expect(advanced).toMatchObject({ ok: false, error: { code: 'ROLLOUT_OVERTAKEN' } });
    expect(room.flag()).toMatchObject({ revision: 3, by: 'ada' });
  });

  it('removes the flag: the rollout ends', async () => {
    const room = createRolloutRoom();
    given(await room.start());
    room.put(null, 'ada');
    room.pass(1);
    expect(room.rollout()).toMatchObject({ state: 'cancelled', why: 'the flag checkout was removed by ada' });
  });

  it('pauses, resumes, advances and reverts, each in one revision of both', async () => {
    const room = createRolloutRoom();
    given(await room.start());
    const id = room.id();
    given(await room.handlers['rollout.pause']({ ...plain, id, reason: 'lunch' }, callBy('ada')));
    room.pass(300, attempts(0));
    expect([room.rollout().state, share(room)]).toEqual(['paused', 1]);
    given(await room.handlers['rollout.resume']({ ...plain, id }, callBy('ada')));
    given(await room.handlers['rollout.advance']({ ...plain, id }, callBy('ada')));
    expect([room.rollout().state, share(room)]).toEqual(['running', 25]);
    given(await room.handlers['rollout.revert']({ ...plain, id, reason: 'not today' }, callBy('ada')));
    expect(room.rollout()).toMatchObject({ state: 'reverted', why: 'not today' });
    expect(room.flag()).toMatchObject({ value: checkout, by: 'ada' });
    expect(told(room).map((line) => line.split(' ')[0])).toEqual(['started', 'paused', 'resumed', 'advanced', 'reverted']);
  });

  it('resumes after a revert, from a step of their choice, and a later revert goes back to what was there then', async () => {
    const room = createRolloutRoom();
    given(await room.start());
    room.pass(60, attempts(20));
    expect(room.rollout().state).toBe('reverted');
    const id = room.id();
    room.put({ ...checkout, state: 'DISABLED' }, 'ada');
    const disabled = await room.handlers['rollout.resume']({ ...plain, id }, callBy('ada'));
    expect(disabled).toMatchObject({ ok: false, error: { code: 'ROLLOUT_IMPOSSIBLE' } });
    const nowhere = await room.handlers['rollout.resume']({ ...plain, id, step: 7 }, callBy('ada'));
    expect(nowhere).toMatchObject({ ok: false, error: { code: 'ROLLOUT_IMPOSSIBLE' } });
    const fixed = { ...checkout, description: 'The new checkout, mended' };
    room.put(fixed, 'ada');
    given(await room.handlers['rollout.resume']({ ...plain, id: room.id(), step: 1 }, callBy('ada')));
    expect([room.rollout().state, share(room)]).toEqual(['running', 25]);
    room.pass(60, attempts(20));
    expect(room.flag()?.value).toEqual(fixed);
  });

  it('is refused a second rollout of a flag, one that takes from people, and one that nobody could get', async () => {
    const room = createRolloutRoom();
    const code = (answer: Awaited<ReturnType<Room['start']>>) => (answer.ok ? null : answer.error.code);
    const unknown = errorsRail({ subject: { type: 'destination', id: 'nowhere' } });
    expect(code(await room.start({ guardrails: [unknown] }))).toBe('DOCUMENT_NOT_FOUND');
    expect(code(await room.start({ variant: 'purple' }))).toBe('ROLLOUT_IMPOSSIBLE');
    expect(code(await room.start({ flag: 'nothing' }))).toBe('DOCUMENT_NOT_FOUND');
    room.put({ ...checkout, defaultVariant: 'on' });
    expect(code(await room.start())).toBe('ROLLOUT_IMPOSSIBLE');
    room.put({ ...checkout, state: 'DISABLED' });
    expect(code(await room.start())).toBe('ROLLOUT_IMPOSSIBLE');
    room.put(checkout);
    expect(code(await room.start())).toBeNull();
    expect(code(await room.start())).toBe('ROLLOUT_RUNNING');
  });

  it('gets the first answer again for a command that is sent twice', async () => {
    const room = createRolloutRoom();
    const first = given(await room.start({}, callBy('grace', 'once')));
    room.pass(5);
    expect(given(await room.start({}, callBy('grace', 'once')))).toEqual(first);
    expect(room.store.list('rollout')).toHaveLength(1);
  });
});

describe('a restart', () => {
  it('goes on at the step that it was at, with a sample of its own', async () => {
    const room = createRolloutRoom();
    given(await room.start());
    room.pass(35, attempts(0));
    expect(share(room)).toBe(25);
    room.restart();
    room.pass(5, attempts(0));
    expect([room.rollout().state, share(room)]).toEqual(['running', 25]);
    room.pass(60, attempts(0));
    expect(share(room)).toBe(100);
  });
});

describe('a full disk', () => {
  it('keeps a rollout where it is, flag and all, and it moves as soon as it can be written', async () => {
    const room = createRolloutRoom();
    given(await room.start());
    room.setDiskFull(true);
    room.pass(60, attempts(20));
    expect([room.rollout().state, share(room), room.failures.at(-1)?.code]).toEqual(['running', 1, 'CONTROL_STORE_FAILED']);
    room.setDiskFull(false);
    room.pass(1, attempts(20));
    expect([room.rollout().state, room.flag()?.value]).toEqual(['reverted', checkout]);
  });
});
