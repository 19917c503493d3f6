import { expect, it } from 'vitest';
import { createRounds } from './waking.ts';

it('gives each that is due a turn, gives way between slices, and follows up on what fell due meanwhile', () => {
  let now = 0;
  const seen: string[] = [];
  const turns: (() => void)[] = [];
  const rounds = createRounds(
    (one: string) => {
      seen.push(one);
      now += 1;
    },
    () => now,
    (work) => void turns.push(work),
  );
  rounds.add(['a', 'b', 'c', 'd']);
  expect(seen).toEqual(['a', 'b']);
  rounds.add(['a', 'a']);
  while (turns.length > 0) turns.shift()?.();
  expect(seen).toEqual(['a', 'b', 'c', 'd', 'a']);
  rounds.add(['a']);
  expect(seen).toEqual(['a', 'b', 'c', 'd', 'a', 'a']);
});
