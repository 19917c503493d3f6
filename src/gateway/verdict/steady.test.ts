import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Verdict, verdicts } from '#contract/operations/verdict.ts';
import { fineAfterMs, firstVerdict, lastsMs, type Steady, steady, troubleAfterMs } from './steady.ts';

/** One finding a second, from second 1 on. */
function run(findings: readonly Verdict[], from: Steady = firstVerdict('fine', 0)): readonly Steady[] {
  const states: Steady[] = [];
  let state = from;
  for (const [index, found] of findings.entries()) {
    state = steady(state, found, (index + 1) * 1000);
    states.push(state);
  }
  return states;
}
const times = (count: number, found: Verdict): readonly Verdict[] => Array.from({ length: count }, () => found);
const last = (states: readonly Steady[]) => states.at(-1);

describe('a verdict over time', () => {
  it('believes trouble after five seconds, and says since when it really was', () => {
    expect(last(run(times(5, 'them')))?.verdict).toBe('fine');
    expect(last(run(times(6, 'them')))).toEqual({ verdict: 'them', since: 1000, rival: null });
  });

  it('believes that all is well after thirty seconds without a relapse', () => {
    const broken = firstVerdict('them', 0);
    expect(last(run(times(30, 'fine'), broken))?.verdict).toBe('them');
    expect(last(run([...times(29, 'fine'), 'them', ...times(29, 'fine')], broken))?.verdict).toBe('them');
    expect(last(run(times(31, 'fine'), broken))).toEqual({ verdict: 'fine', since: 1000, rival: null });
  });

  it('counts trouble from its beginning, whatever it first looked like', () => {
    expect(last(run(['unclear', 'unclear', 'them', 'unclear', 'them', 'them']))).toEqual({ verdict: 'them', since: 1000, rival: null });
  });

  it('keeps its since where trouble merely becomes clear, and not where it becomes another', () => {
    expect(last(run(times(6, 'them'), firstVerdict('unclear', 0)))).toMatchObject({ verdict: 'them', since: 0 });
    expect(last(run(times(16, 'network'), firstVerdict('them', 0)))).toMatchObject({ verdict: 'network', since: 1000 });
  });
});

const anyFindings = fc.array(fc.constantFrom(...verdicts), { maxLength: 200 });

describe('any run of findings', () => {
  it('never changes sooner after a change than the new finding has to last', () => {
    fc.assert(
      fc.property(anyFindings, (findings) => {
        let [before, changedAt] = [firstVerdict('fine', 0), 0];
        for (const [index, state] of run(findings).entries()) {
          const now = (index + 1) * 1000;
          if (state.verdict !== before.verdict) {
            expect(now - changedAt).toBeGreaterThanOrEqual(lastsMs(before.verdict, state.verdict));
            changedAt = now;
          }
          before = state;
        }
      }),
    );
  });

  it('never says a since of the future, nor one that runs backwards', () => {
    fc.assert(
      fc.property(anyFindings, (findings) => {
        let since = 0;
        for (const [index, state] of run(findings).entries()) {
          expect(state.since).toBeLessThanOrEqual((index + 1) * 1000);
          expect(state.since).toBeGreaterThanOrEqual(since);
          since = state.since;
        }
      }),
    );
  });

  it('ends in whatever is found for long enough, and stays there', () => {
    fc.assert(
      fc.property(anyFindings, fc.constantFrom(...verdicts), (findings, end) => {
        const seconds = fineAfterMs / 1000 + 1;
        expect(last(run([...findings, ...times(seconds, end)]))?.verdict).toBe(end);
      }),
    );
  });

  it('ignores whatever lasts shorter than five seconds while all is well', () => {
    const blip = fc.array(fc.constantFrom(...verdicts), { maxLength: troubleAfterMs / 1000 });
    fc.assert(
      fc.property(fc.array(blip, { maxLength: 20 }), (blips) => {
        const states = run(blips.flatMap((each) => [...each, 'fine' as const]));
        expect(states.every(({ verdict }) => verdict === 'fine')).toBe(true);
      }),
    );
  });
});
