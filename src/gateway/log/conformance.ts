/**
 * What every driver of the event log holds to. A driver's test file calls `describeEventLog`. What only a durable
 * driver can show (crash, full disk, damaged files) stands beside that driver.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeAppending } from './conformance/appending.ts';
import { describeBackingUp } from './conformance/backing-up.ts';
import { createBench, type MakeSubject } from './conformance/bench.ts';
import { describeDestinations } from './conformance/destinations.ts';
import { describeDiverting } from './conformance/diverting.ts';
import { describeErasing } from './conformance/erasing.ts';
import { describeReading } from './conformance/reading.ts';
import { describeReplaying } from './conformance/replaying.ts';
import { describeRetaining } from './conformance/retaining.ts';
import { describeSettling } from './conformance/settling.ts';

export function describeEventLog(name: string, make: MakeSubject): void {
  describe(`event log: ${name}`, () => {
    const bench = createBench(make);
    beforeEach(() => bench.setUp());
    afterEach(() => bench.dispose());

    describeAppending(bench);
    describeReading(bench);
    describeDestinations(bench);
    describeSettling(bench);
    describeReplaying(bench);
    describeDiverting(bench);
    describeErasing(bench);
    describeRetaining(bench);
    describeBackingUp(bench);

    it('never lets its clock run backwards', () => {
      const before = bench.log.now();
      bench.tick(-3_600_000);
      expect(bench.log.now()).toBeGreaterThanOrEqual(before);
      bench.tick(7_200_000);
      expect(bench.log.now()).toBe(bench.now);
    });
  });
}
