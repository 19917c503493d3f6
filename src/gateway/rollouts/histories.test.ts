/** Whatever people, vendors and crashes do, in whatever order. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shareOf } from '#contract/documents/flag-share.ts';
import { isActive } from '#contract/documents/rollout.ts';
import { attempts, callBy, checkout, createRolloutRoom, given } from './testing/rollout-room.ts';

type Room = ReturnType<typeof createRolloutRoom>;
type Act = (room: Room) => unknown;

const steer = (name: 'pause' | 'advance' | 'revert' | 'resume', step?: number): Act => {
  const more = step === undefined ? {} : { step };
  return (room) => room.handlers[`rollout.${name}`]({ dryRun: false, id: room.id(), ...more }, callBy('ada'));
};

const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.integer({ min: 1, max: 40 }), fc.constantFrom(0, 0, 0, 0, 10)).map(
      ([seconds, bad]) =>
        (room: Room) =>
          room.pass(seconds, attempts(bad)),
    ),
  },
  { weight: 2, arbitrary: fc.constant((room: Room) => room.restart()) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(steer('pause'), steer('advance'), steer('revert'), steer('resume'), steer('resume', 1), steer('resume', 7)),
  },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 1, max: 99 })
      .map((number) => (room: Room) => room.put({ ...checkout, description: `No. ${number}` }, 'grace')),
  },
  { weight: 1, arbitrary: fc.constant((room: Room) => room.start()) },
);

/** What must be so between any two acts. */
function check(room: Room): void {
  const flag = room.flag();
  for (const { value: rollout } of room.store.list('rollout')) {
    if (rollout === null || flag?.value == null || !isActive(rollout) || flag.revision !== rollout.written) continue;
    // It is at a step exactly where the flag has that step's share.
    expect(shareOf(flag.value, 'on')).toBe(rollout.steps[rollout.step]?.percent);
  }
  expect(room.store.list('rollout').filter(({ value }) => value !== null && isActive(value)).length).toBeLessThanOrEqual(1);
  expect(room.failures).toEqual([]);
}

/** What must be so of the whole story of the flag. */
function checkHistory(room: Room): void {
  const revisions = room.store.history('flag', 'checkout', 10_000).toReversed();
  const byRevision = new Map(revisions.map((document) => [document.revision, document]));
  for (const { id } of room.store.list('rollout')) {
    for (const document of room.store.history('rollout', id, 10_000)) {
      if (document.kind !== 'rollout' || document.value === null || !('evidence' in document.value)) continue;
      const { did } = document.value.evidence.at(-1) ?? {};
      const { before, written, state } = document.value;
      if (did === 'reverted') expect(byRevision.get(written)?.value).toEqual(byRevision.get(before)?.value);
      if (state === 'cancelled') expect(byRevision.get(written + 1)?.by).not.toBe('rollout');
    }
  }
}

it('a rollout is always where its flag is, never writes over a person, and a revert restores what was before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(acts, { minLength: 1, maxLength: 25 }), async (history) => {
      const room = createRolloutRoom();
      given(await room.start());
      for (const act of history) {
        const before = room.flag();
        const isPerson = before?.by === 'grace' && before.reason === 'as the test wants it';
        await act(room);
        check(room);
        // The next second at the latest it has noticed what a person wrote, and left it.
        room.pass(1, attempts(0));
        check(room);
        const now = room.flag();
        if (isPerson && now?.revision !== before?.revision) expect(now?.by).not.toBe('rollout');
      }
      checkHistory(room);
    }),
    { numRuns: 150 },
  );
});
