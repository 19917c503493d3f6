import { afterEach, beforeEach, expect, it } from 'vitest';
import { guardrailSchema } from '#contract/documents/guardrail.ts';
import { answerWith, startVendor, type Vendor } from '#gateway/delivery/testing/vendor.ts';
import { tickAt } from '#gateway/verdict/testing/ticks.ts';
import { guardReplays } from './guarding.ts';
import { openReplayRoom, type ReplayRoom } from './testing/replay-room.ts';

let vendor: Vendor;
let room: ReplayRoom;

beforeEach(async () => {
  vendor = await startVendor();
  vendor.answer = answerWith(400);
  room = await openReplayRoom(vendor.url);
  room.desk.switches();
  await room.desk.send('m1', 'm2', 'm3');
  await room.desk.until((ledger) => ledger.dead === 3);
});
afterEach(async () => {
  await room.close();
  await vendor.close();
});

const guardrails = [
  guardrailSchema.parse({
    ...{ metric: 'errors', subject: { type: 'destination', id: 'hook' }, limit: { type: 'threshold', value: 0.02 } },
    ...{ windowMs: 60_000, minSamples: 100 },
  }),
];
const asked = { destination: 'hook', selection: { type: 'deadLetters' }, pacePerSecond: 0.001, reason: 'again' } as const;
const readings = async () => (await room.must('replay.list', {})).replays.map(({ reading }) => reading);

it('a replay pauses where a guardrail is breached, says which, and can be resumed', async () => {
  const guard = guardReplays({ store: room.store, now: () => room.log.now(), failed: (id, error) => room.problems.push([id, error]) });
  let second = 0;
  const pass = (seconds: number, failed: number) => {
    for (const until = second + seconds; second < until; second++) {
      const tick = tickAt(second * 1000, [{ id: 'hook', delivered: 50 - failed, errors: { server: failed } }]);
      guard({ tick, latency: () => null });
    }
  };
  const { id } = await room.must('replay.start', { ...asked, guardrails });
  pass(60, 0);
  expect(await readings()).toMatchObject([{ state: 'running' }]);
  pass(60, 10);
  const [paused] = await readings();
  expect(paused).toMatchObject({
    state: 'paused',
    waitsFor: expect.stringMatching(/attempts at hook failed in 1 min, with certainty more than/),
  });
  expect(room.store.audit(null, 1)[0]).toMatchObject({ by: 'guardrail', action: 'replay.paused' });
  await room.must('replay.resume', { id: id ?? '' });
  expect(await readings()).toMatchObject([{ state: 'running', waitsFor: expect.not.stringContaining('failed') }]);
  // Its sample begins anew: what paused it before does not pause it again.
  pass(5, 10);
  expect(await readings()).toMatchObject([{ state: 'running' }]);
  expect(room.problems).toEqual([]);
});

it('a replay without guardrails is left alone, and one with what cannot be measured is refused', async () => {
  const nowhere = guardrails.map((guardrail) => ({ ...guardrail, subject: { type: 'destination', id: 'nowhere' } as const }));
  expect(await room.call('replay.start', { ...asked, guardrails: nowhere })).toMatchObject({
    ok: false,
    error: { code: 'DOCUMENT_NOT_FOUND' },
  });
  const before = guardrails.map((guardrail) => ({ ...guardrail, limit: { type: 'before' } as const }));
  expect(await room.call('replay.start', { ...asked, guardrails: before })).toMatchObject({ ok: false, error: { code: 'INPUT_INVALID' } });
  await room.must('replay.start', asked);
  const guard = guardReplays({ store: room.store, now: () => room.log.now(), failed: () => {} });
  for (let second = 0; second < 60; second++)
    guard({ tick: tickAt(second * 1000, [{ id: 'hook', errors: { server: 50 } }]), latency: () => null });
  expect(await readings()).toMatchObject([{ state: 'running' }]);
});
