import { expect, it } from 'vitest';
import { createTurns, inPieces } from './turns.ts';

function byHand() {
  const due: (() => void)[] = [];
  const turns = createTurns((work) => void due.push(work));
  return { turns, turn: () => due.shift()?.() };
}

it('does one piece a turn, in order, also where more is added meanwhile', () => {
  const { turns, turn } = byHand();
  const done: number[] = [];
  turns.add(inPieces([1, 2, 3], 1, (item) => done.push(item)));
  turn();
  expect(done).toEqual([1]);
  turns.add(inPieces([4], 1, (item) => done.push(item)));
  for (let left = 0; left < 10; left++) turn();
  expect(done).toEqual([1, 2, 3, 4]);
});

it('loses nothing when all that is left has to be done now', () => {
  const { turns, turn } = byHand();
  const done: number[] = [];
  turns.add(inPieces([1, 2, 3], 1, (item) => done.push(item)));
  turns.add(inPieces([4, 5], 1, (item) => done.push(item)));
  turn();
  turns.finish();
  expect(done).toEqual([1, 2, 3, 4, 5]);
  turn();
  expect(done).toHaveLength(5);
});

it('goes on with the rest where one piece throws', () => {
  const { turns, turn } = byHand();
  const done: number[] = [];
  turns.add(
    inPieces([1], 1, () => {
      throw new Error('a bug');
    }),
  );
  turns.add(inPieces([2], 1, (item) => done.push(item)));
  expect(turn).toThrow('a bug');
  for (let left = 0; left < 5; left++) turn();
  expect(done).toEqual([2]);
});
