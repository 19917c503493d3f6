import { describe, expect, it } from 'vitest';
import { guardrailSchema } from '#contract/documents/guardrail.ts';
import { slidingShare } from './rail-feed.ts';
import { draftFor, inputOf } from './start-draft.ts';
import { nextWords, parsePercents, railRule, railTitle } from './words.ts';

const rollout = {
  ...{ flag: 'checkout', variant: 'on', guardrails: [], baselines: [], state: 'running' as const, step: 0, since: 0, startedAt: 0 },
  ...{ before: 1, written: 2, why: '', evidence: [], demo: false },
  steps: [1, 100].map((percent) => ({ percent, soakMs: 60_000 })),
};

describe('a rollout in words', () => {
  it('says what it does next, and when', () => {
    const next = { does: 'advance', at: 60_000, waitsFor: '' } as const;
    expect(nextWords(rollout, next, 0)).toBe('It goes to 100 % in 1 m, if every guardrail holds then.');
    expect(nextWords(rollout, { ...next, waitsFor: 'samples' }, 70_000)).toBe(
      'It goes to 100 % as soon as every guardrail has its sample.',
    );
    expect(nextWords({ ...rollout, step: 1 }, { ...next, does: 'finish' }, 70_000)).toBe('It is done within a second.');
    expect(nextWords({ ...rollout, state: 'done' }, null, 0)).toBe('Nothing: it is over.');
  });

  it('says what a guardrail watches, and how far it may go', () => {
    const rail = (more: object) =>
      guardrailSchema.parse({
        metric: 'errors',
        subject: { type: 'destination', id: 'hubspot' },
        limit: { type: 'threshold', value: 0.02 },
        ...more,
      });
    expect(railTitle(rail({}), () => 'HubSpot')).toBe('Failed attempts, HubSpot');
    expect(railRule(rail({}))).toBe('reverts above 2 % in 5 m');
    expect(railRule(rail({ limit: { type: 'before' }, onBreach: 'pause' }))).toBe('pauses when 1 % worse than in the 1 h before, in 5 m');
    expect(railTitle(rail({ metric: 'slow', overMs: 2000 }), () => 'HubSpot')).toBe('Slow requests (over 2.00 s), HubSpot');
  });

  it('takes rising steps only', () => {
    expect(parsePercents('1, 5;25 50,100')).toEqual([1, 5, 25, 50, 100]);
    for (const text of ['', 'a', '5, 5', '50, 25', '1, 101', '0']) expect(parsePercents(text)).toBeNull();
  });
});

it('a chart shows the share that the guardrail judges: over its window, without a sample a gap', () => {
  const frame = {
    at: [1, 2, 3, 4].map((second) => second * 1000),
    columns: [
      [1, 1, 0, Number.NaN],
      [9, 0, 0, Number.NaN],
    ],
    from: 0,
    to: 4,
    stepMs: 1000,
  };
  const shares = slidingShare(frame, 2000, { bad: [0], all: [0, 1] }).columns[0];
  expect(Array.from(shares ?? [])).toEqual([0.1, 2 / 11, 1, Number.NaN]);
});

it('a new rollout watches the destination that hangs on its flag', () => {
  const hook = (id: string, flag?: string) => ({ id, value: { rollout: flag === undefined ? undefined : { flag } } as never });
  const draft = draftFor('checkout', null, [hook('first'), hook('second', 'checkout')]);
  expect(inputOf({ ...draft, variant: 'on' })).toMatchObject({
    steps: [1, 5, 25, 50, 100].map((percent) => ({ percent, soakMs: 600_000 })),
    guardrails: [{ metric: 'errors', subject: { id: 'second' }, limit: { type: 'threshold', value: 0.02 }, onBreach: 'revert' }],
  });
});
