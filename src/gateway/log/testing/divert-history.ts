/** Steps of a random history that give events of one destination to another. */
import fc from 'fast-check';
import type { EventLog } from '#gateway/log/event-log.ts';
import { tallyOf } from '#gateway/log/tally.ts';
import { readAll } from './requests.ts';
import type { Call } from './side-history.ts';

export interface DivertStep {
  readonly do: 'divert';
  readonly lane: number;
  /** The target: the next lane, or the one after it. */
  readonly to: number;
  readonly waiting: number;
  readonly aside: number;
  /** Settles them as diverted, too. */
  readonly settles: boolean;
}

const small = (max: number) => fc.nat({ max });

export const divertSteps: fc.Arbitrary<DivertStep> = fc.record({
  do: fc.constant('divert' as const),
  lane: small(2),
  to: small(1),
  waiting: small(5),
  aside: small(3),
  settles: fc.boolean(),
});

/** The calls that a step comes to in the present state: the gift, and the settle that follows it. */
export async function divertCalls(step: DivertStep, log: EventLog, origin: string, to: string, epoch: number): Promise<readonly Call[]> {
  const { cursor } = await log.ledger(origin);
  const all = await readAll(log, origin, cursor);
  const waiting = all.slice(0, step.waiting);
  const rows = await log.dueRetries(origin, Number.MAX_SAFE_INTEGER, step.aside);
  const held = await log.heldSeqs(origin, 0, step.aside);
  const members = [...waiting.map(({ seq }) => ({ seq, gen: 0 })), ...rows, ...held.map((seq) => ({ seq, gen: 0 }))];
  const seqs = members.map(({ seq }) => seq);
  const head = log.head();
  const give: Call = async (each) => {
    // Two logs may number their routes differently.
    const events = (await each.readSeqs(origin, seqs)).map(({ seq, route }) => ({ seq, route }));
    return each.diverting.divert({ origin, epoch, to, events, dueAt: 7000 });
  };
  const settle: Call = (each) =>
    each.settle({
      destination: origin,
      epoch,
      cursor: waiting.length === all.length ? head : (waiting.at(-1)?.seq ?? cursor),
      sidePut: [],
      sideRemove: rows.map(({ seq, gen }) => ({ seq, gen })),
      heldSet: [],
      heldClear: held,
      tally: { diverted: tallyOf(members) },
      ended: { diverted: seqs },
    });
  return step.settles ? [give, settle] : [give];
}
