/** Sets what a lane stored against what was counted again, and says in words what does not agree. */
import { type LedgerView, type Tally, type TerminalState, terminalStates } from '../event-log.ts';
import type { Passed } from '../recent-facts.ts';
import { addTally, emptyTally, sameTally } from '../tally.ts';
import type { Recount } from './lanes-reader.ts';

export interface LedgerFacts {
  readonly destination: string;
  readonly birth: number;
  readonly head: number;
  /** All that ingest routed here since birth. */
  readonly accepted: Tally;
  /** Recounted from the routes in (cursor, head]. */
  readonly waiting: Passed;
  readonly recount: Recount;
}

export function ledgerOf({ destination, birth, head, accepted, waiting: passed, recount }: LedgerFacts): LedgerView {
  const sum = (line: string) => recount.sums[line] ?? emptyTally;
  const waiting: Tally = { count: passed.count, digest: { hi: passed.hi, lo: passed.lo } };
  const terminal = terminalStates.map((state) => sum(state));
  const states = [waiting, recount.held, recount.retrying, recount.dead, ...terminal].reduce(addTally);
  const came = [accepted, sum('minted'), sum('divertedIn')].reduce(addTally);
  const total = head - birth;
  const checks: [boolean, string][] = [
    [came.count === states.count, `L1: ${came.count} came, ${states.count} are accounted for`],
    [came.count !== states.count || sameTally(came, states), 'L2: the digests of what came and of what is accounted for differ'],
    [
      sameTally(accepted, addTally(sum('passed'), waiting)),
      `L3: ${accepted.count} accepted, ${sum('passed').count} passed, but ${waiting.count} wait`,
    ],
    [sameTally(sum('held'), recount.held), `L3: ${sum('held').count} held by the books, ${recount.held.count} bits are set`],
    [
      sameTally(sum('retrying'), recount.retrying),
      `L3: ${sum('retrying').count} retrying by the books, there are ${recount.retrying.count} rows`,
    ],
    [sameTally(sum('dead'), recount.dead), `L3: ${sum('dead').count} dead by the books, there are ${recount.dead.count} rows`],
    [recount.cursor <= head, `L4: cursor ${recount.cursor} is above head ${head}`],
    [recount.highest <= recount.cursor, `L4: seq ${recount.highest} is in a side row or held, above cursor ${recount.cursor}`],
    [recount.overlap === 0, `L4: ${recount.overlap} events are held and in a side row`],
    [terminal.every((tally) => tally.count >= 0), 'L5: a terminal counter is negative'],
    [total >= accepted.count, `L1: ${accepted.count} were routed of ${total} accepted`],
  ];
  return {
    destination,
    cursor: recount.cursor,
    head,
    total,
    filtered: total - accepted.count,
    waiting: waiting.count,
    held: recount.held.count,
    retrying: recount.retrying.count,
    dead: recount.dead.count,
    terminal: Object.fromEntries(terminalStates.map((state) => [state, sum(state).count])) as Readonly<Record<TerminalState, number>>,
    replayed: sum('minted').count,
    divertedIn: sum('divertedIn').count,
    violations: checks.filter(([holds]) => !holds).map(([, why]) => why),
  };
}
