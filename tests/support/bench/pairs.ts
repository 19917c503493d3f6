/**
 * Two things measured against each other on a noisy machine. Only ratios of pairs taken side by side hold here:
 * rounds go A B, B A, A B ..., the figure is the median of the rounds' ratios, and a round in which other
 * processes took more than 6 % of the CPU is thrown out and taken again.
 */
import { watchCpu } from './cpu.ts';
import { note } from './report.ts';
import { median, roundTo } from './stats.ts';

const foreignLimit = 0.06;

export interface PairOptions {
  /** Rounds to keep. At least 6 for a figure that is quoted. */
  readonly rounds: number;
  /** Measures one side once: a throughput or a duration. */
  readonly a: () => Promise<number>;
  readonly b: () => Promise<number>;
  /** Rounds to try before spoiled ones are accepted. Default: 3 x rounds. */
  readonly maxTries?: number;
}

interface Round {
  readonly a: number;
  readonly b: number;
  readonly foreign: number;
}

export interface Pairs {
  /** Median of a / b over the rounds. */
  readonly ratio: number;
  readonly ratios: readonly number[];
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly rounds: number;
  /** Rounds thrown out. */
  readonly spoiled: number;
  /** False where the machine never was quiet enough and the least spoiled rounds had to do. */
  readonly quiet: boolean;
}

export async function measurePairs({ rounds, a, b, maxTries = rounds * 3 }: PairOptions): Promise<Pairs> {
  const taken: Round[] = [];
  const isKept = (round: Round) => round.foreign <= foreignLimit;
  while (taken.filter(isKept).length < rounds && taken.length < maxTries) {
    const round = await takeRound(a, b, taken.length % 2 === 0);
    taken.push(round);
    const verdict = isKept(round) ? '' : `, thrown out: others took ${roundTo(round.foreign * 100, 0)} % of the CPU`;
    note(`round ${taken.length}: ${roundTo(round.a, 1)} / ${roundTo(round.b, 1)} = ${roundTo(round.a / round.b, 3)}${verdict}`);
  }
  const kept = taken.toSorted((one, other) => one.foreign - other.foreign).slice(0, rounds);
  const ratios = kept.map((round) => round.a / round.b);
  return {
    ratio: median(ratios),
    ratios,
    a: kept.map((round) => round.a),
    b: kept.map((round) => round.b),
    rounds: kept.length,
    spoiled: taken.length - kept.length,
    quiet: kept.every(isKept),
  };
}

async function takeRound(a: PairOptions['a'], b: PairOptions['b'], isAFirst: boolean): Promise<Round> {
  const watch = watchCpu();
  if (isAFirst) {
    const first = await a();
    return { a: first, b: await b(), foreign: watch.foreignShare() };
  }
  const first = await b();
  return { b: first, a: await a(), foreign: watch.foreignShare() };
}
