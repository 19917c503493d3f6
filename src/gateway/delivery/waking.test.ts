import { expect, it } from 'vitest';
import { createRounds } from './waking.ts';

it('pumps every lane once a round, gives way between slices, and follows up on what was asked meanwhile', () => {
  let now = 0;
  const pumped: string[] = [];
  const turns: (() => void)[] = [];
  const lane = (id: string) =>
    [
      id,
      {
        pump() {
          pumped.push(id);
          now += 1;
        },
      },
    ] as const;
  const lanes = new Map(['a', 'b', 'c', 'd', 'e'].map(lane));
  const rounds = createRounds(
    lanes,
    () => now,
    (work) => void turns.push(work),
  );
  rounds.run();
  expect(pumped).toEqual(['a', 'b']);
  rounds.run();
  rounds.run();
  lanes.delete('c');
  lanes.set(...lane('f'));
  while (turns.length > 0) turns.shift()?.();
  expect(pumped).toEqual(['a', 'b', 'd', 'e', 'f', 'a', 'b', 'd', 'e', 'f']);
});
