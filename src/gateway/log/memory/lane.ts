/** What the memory driver keeps of one destination; the plain model that the durable driver is compared with. */
import { checkDelta, type LaneBefore } from '../check-delta.ts';
import { divertedRow } from '../diverting.ts';
import {
  type LedgerView,
  type LogRecord,
  type SettleDelta,
  type SideRow,
  type Tally,
  type TerminalState,
  terminalStates,
} from '../event-log.ts';
import { staleEpoch } from '../settle-refused.ts';
import type { SideStep, StepDone, StepPlan } from '../side-steps.ts';
import { addTally, emptyTally, sameTally, tallyOf, tallyOfSeqs } from '../tally.ts';
import type { Uncertain } from '../uncertain.ts';
import { MemorySideDesk } from './side-desk.ts';

const keyOf = (seq: number, gen: number) => `${seq}/${gen}`;
const earlier = (a: SideRow, b: SideRow) => a.dueAt - b.dueAt || a.seq - b.seq;

/** The routed records in (after, through], from the log. */
export type RoutedBetween = (after: number, through: number) => readonly LogRecord[];

export class MemoryLane {
  readonly destination: string;
  readonly ordinal: number;
  readonly birth: number;
  epoch = 0;
  cursor: number;
  /** Head at which the destination was retired; null while it lives. */
  closedAt: number | null = null;
  readonly rows = new Map<string, SideRow>();
  readonly held = new Set<number>();
  readonly desk = new MemorySideDesk();
  #terminal = new Map<TerminalState, Tally>();
  #minted: Tally = emptyTally;
  #divertedIn: Tally = emptyTally;
  /** Events that others gave to this destination. */
  readonly given = new Set<number>();
  /** Events that it gave to others and has not settled as diverted yet. */
  readonly away = new Set<number>();

  constructor(destination: string, ordinal: number, birth: number) {
    this.destination = destination;
    this.ordinal = ordinal;
    this.birth = birth;
    this.cursor = birth;
  }

  settle(delta: SettleDelta, head: number, routed: RoutedBetween, plan: StepPlan | null = null): void {
    if (delta.epoch !== this.epoch || this.closedAt !== null) throw staleEpoch(this.destination, delta.epoch, this.epoch);
    const before: LaneBefore = {
      cursor: this.cursor,
      row: (seq, gen) => this.rows.get(keyOf(seq, gen)),
      isHeld: (seq) => this.held.has(seq),
      isGivenAway: (seq) => this.away.has(seq),
    };
    const passed = tallyOf(routed(this.cursor, delta.cursor));
    const effect = checkDelta(delta, head, before, passed);
    this.#minted = addTally(this.#minted, effect.minted);
    for (const { seq, gen } of delta.sideRemove) this.rows.delete(keyOf(seq, gen));
    for (const row of delta.sidePut) this.rows.set(keyOf(row.seq, row.gen), row);
    for (const seq of delta.heldClear) this.held.delete(seq);
    for (const seq of delta.heldSet) this.held.add(seq);
    for (const state of terminalStates) this.#count(state, delta.tally[state] ?? emptyTally);
    for (const seq of delta.ended?.diverted ?? []) this.away.delete(seq);
    this.cursor = delta.cursor;
    this.desk.apply(delta, plan);
  }

  /** Takes over events that another destination gives. */
  take(seqs: readonly number[], dueAt: number): void {
    const rows = seqs.map((seq) => divertedRow(seq, dueAt));
    for (const row of rows) this.rows.set(keyOf(row.seq, row.gen), row);
    for (const seq of seqs) this.given.add(seq);
    this.#divertedIn = addTally(this.#divertedIn, tallyOf(rows));
  }

  /** A settle that is decided here. @param oldest lowest seq whose event is there */
  step(epoch: number, step: SideStep, oldest: number, head: number): StepDone {
    if (epoch !== this.epoch || this.closedAt !== null) throw staleEpoch(this.destination, epoch, this.epoch);
    const plan = this.desk.plan(this, step, oldest);
    this.settle(plan.delta, head, () => [], plan);
    return plan.done;
  }

  #count(state: TerminalState, tally: Tally): void {
    this.#terminal.set(state, addTally(this.#terminal.get(state) ?? emptyTally, tally));
  }

  retire(head: number, routed: RoutedBetween): void {
    this.#count('dropped', [tallyOf(routed(this.cursor, head)), tallyOf(this.rows.values()), tallyOfSeqs(this.held)].reduce(addTally));
    this.rows.clear();
    this.held.clear();
    this.desk.retire();
    this.away.clear();
    this.given.clear();
    this.cursor = head;
    this.closedAt = head;
    this.epoch++;
  }

  /** Retrying rows up to a seq that have no dedupe domain get this one. */
  nameDomain({ throughSeq, domain }: Uncertain): void {
    for (const [key, row] of this.rows)
      if (row.state === 'retrying' && row.seq <= throughSeq && row.domain === undefined) this.rows.set(key, { ...row, domain });
  }

  in(state: SideRow['state']): SideRow[] {
    return [...this.rows.values()].filter((row) => row.state === state);
  }

  due(atMs: number, limit: number): readonly SideRow[] {
    const due = this.in('retrying').filter((row) => row.dueAt <= atMs);
    return due.sort(earlier).slice(0, limit);
  }

  nextRetryAt(): number | null {
    return this.in('retrying').sort(earlier)[0]?.dueAt ?? null;
  }

  heldAfter(after: number, limit: number): readonly number[] {
    const later = [...this.held].filter((seq) => seq > after);
    return later.sort((a, b) => a - b).slice(0, limit);
  }

  deadAfter(afterSeq: number, limit: number): { readonly total: number; readonly rows: readonly SideRow[] } {
    const dead = this.in('dead').sort((a, b) => a.seq - b.seq || a.gen - b.gen);
    return { total: dead.length, rows: dead.filter((row) => row.seq > afterSeq).slice(0, limit) };
  }

  /** `accepted`: all routed here since birth. */
  ledger(logHead: number, accepted: Tally, routed: RoutedBetween): LedgerView {
    const head = this.closedAt ?? logHead;
    const waiting = tallyOf(routed(this.cursor, head));
    const states = [waiting, tallyOf(this.rows.values()), tallyOfSeqs(this.held), ...this.#terminal.values()].reduce(addTally);
    const total = head - this.birth;
    const came = [accepted, this.#minted, this.#divertedIn].reduce(addTally);
    const isBalanced = sameTally(states, came);
    const terminal = Object.fromEntries(terminalStates.map((state) => [state, this.#terminal.get(state)?.count ?? 0]));
    return {
      destination: this.destination,
      cursor: this.cursor,
      head,
      total,
      filtered: total - accepted.count,
      waiting: waiting.count,
      held: this.held.size,
      retrying: this.in('retrying').length,
      dead: this.in('dead').length,
      terminal: terminal as Readonly<Record<TerminalState, number>>,
      replayed: this.#minted.count,
      divertedIn: this.#divertedIn.count,
      violations: isBalanced ? [] : [`L1, L2: ${came.count} came, ${states.count} are accounted for`],
    };
  }
}
