import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRetryBudget } from './retry-budget.ts';

const start = 1_000_000;

describe('the retry budget of a lane', () => {
  it('lets a quiet lane resend ten requests a second', () => {
    let now = start;
    const budget = createRetryBudget(0.2, 1, () => now);
    let sent = 0;
    for (let step = 0; step < 100; step++) {
      now += 100;
      const left = budget.available();
      budget.use(left);
      sent += left;
    }
    expect(sent).toBeGreaterThan(95);
    expect(sent).toBeLessThanOrEqual(110);
  });

  it('adds a fifth of what is sent for the first time', () => {
    let now = start;
    const budget = createRetryBudget(0.2, 1, () => now);
    budget.use(budget.available());
    budget.sentFirst(1000);
    now += 1000;
    expect(budget.available()).toBe(210);
  });

  it('does not save up the traffic of an hour for one burst', () => {
    let now = start;
    const budget = createRetryBudget(0.2, 1, () => now);
    budget.sentFirst(360_000);
    now += 3_600_000;
    expect(budget.available()).toBeLessThanOrEqual(310);
  });

  it('never lets resends exceed their share and the floor, whatever comes when', () => {
    const step = fc.record({
      ms: fc.integer({ min: 1, max: 5000 }),
      first: fc.integer({ min: 0, max: 500 }),
      wanted: fc.integer({ min: 0, max: 500 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let now = start;
        let first = 0;
        let again = 0;
        const budget = createRetryBudget(0.2, 1, () => now);
        for (const { ms, first: more, wanted } of steps) {
          now += ms;
          budget.sentFirst(more);
          first += more;
          const going = Math.min(wanted, budget.available());
          budget.use(going);
          again += going;
          expect(again).toBeLessThanOrEqual(0.2 * first + 10 * ((now - start) / 1000) + 10);
        }
      }),
    );
  });
});
