/**
 * The rules of one settle, the same for every driver (L1, L2, L4, L5): what the cursor passed plus what was
 * taken from side rows and held bits must equal what went to side rows, held bits and
 * terminal counters, as counts and as digests; and every row or bit named must be there, or
 * not be there, as the case demands.
 */
import { type SettleDelta, type SideRow, type Tally, terminalStates } from './event-log.ts';
import { SettleRefused } from './settle-refused.ts';
import { addTally, emptyTally, sameTally, tallyOf, tallyOfSeqs } from './tally.ts';

/** What is durable of the lane before the settle. */
export interface LaneBefore {
  readonly cursor: number;
  row(seq: number, gen: number): SideRow | undefined;
  isHeld(seq: number): boolean;
  /** Another destination has it, and it is not settled as diverted yet. */
  isGivenAway(seq: number): boolean;
}

export interface DeltaEffect {
  readonly terminal: Tally;
  readonly retrying: { readonly added: Tally; readonly removed: Tally };
  readonly dead: { readonly added: Tally; readonly removed: Tally };
  readonly heldSet: Tally;
  readonly heldClear: Tally;
  /** Rows of a later generation that were not there: obligations minted by a replay. */
  readonly minted: Tally;
}

interface Sides {
  readonly removed: SideRow[];
  readonly added: SideRow[];
}

const keyOf = (seq: number, gen: number) => `${seq}/${gen}`;

function requireThat(holds: boolean, why: () => string): void {
  if (!holds) throw new SettleRefused(why());
}

function distinct(keys: readonly unknown[], what: string): void {
  requireThat(new Set(keys).size === keys.length, () => `${what} names something twice`);
}

function checkSeqs(delta: SettleDelta, head: number, before: LaneBefore): void {
  const { cursor } = delta;
  requireThat(cursor >= before.cursor, () => `the cursor would fall from ${before.cursor} to ${cursor}`);
  requireThat(cursor <= head, () => `cursor ${cursor} is above the head ${head} (L4)`);
  const isBelow = (seq: number) => seq <= cursor;
  requireThat(
    delta.sidePut.every((row) => row.gen > 0 || isBelow(row.seq)) && delta.heldSet.every(isBelow),
    () => `a side row or held bit lies above cursor ${cursor} (L4)`,
  );
}

function checkSides(delta: SettleDelta, before: LaneBefore): Sides {
  distinct(
    [...delta.sidePut, ...delta.sideRemove].map((row) => keyOf(row.seq, row.gen)),
    'sidePut and sideRemove',
  );
  const removed = delta.sideRemove.map(({ seq, gen }) => {
    const row = before.row(seq, gen);
    if (!row) throw new SettleRefused(`there is no side row ${keyOf(seq, gen)} to remove`);
    return row;
  });
  for (const row of delta.sidePut) {
    const former = before.row(row.seq, row.gen);
    if (former) removed.push(former);
  }
  return { removed, added: [...delta.sidePut] };
}

function checkHeld(delta: SettleDelta, before: LaneBefore): void {
  distinct([...delta.heldSet, ...delta.heldClear], 'heldSet and heldClear');
  for (const seq of delta.heldClear) requireThat(before.isHeld(seq), () => `seq ${seq} is not held`);
  const cleared = new Set(delta.heldClear);
  const gone = new Set(delta.sideRemove.filter((row) => row.gen === 0).map((row) => row.seq));
  for (const seq of delta.heldSet) {
    requireThat(!before.isHeld(seq), () => `seq ${seq} is held already`);
    requireThat(gone.has(seq) || !before.row(seq, 0), () => `seq ${seq} would be held and in a side row (L4)`);
  }
  const heldNow = new Set(delta.heldSet);
  for (const row of delta.sidePut) {
    const isHeld = heldNow.has(row.seq) || (before.isHeld(row.seq) && !cleared.has(row.seq));
    requireThat(row.gen > 0 || !isHeld, () => `seq ${row.seq} would be in a side row and held (L4)`);
  }
}

/** What nobody was given is not diverted. */
function checkDiverted({ tally, ended }: SettleDelta, before: LaneBefore): void {
  const seqs = ended?.diverted ?? [];
  requireThat((tally.diverted?.count ?? 0) === seqs.length, () => `${seqs.length} of ${tally.diverted?.count} diverted events are named`);
  for (const seq of seqs) requireThat(before.isGivenAway(seq), () => `seq ${seq} was given to nobody and is not diverted`);
}

function terminalTally(delta: SettleDelta): Tally {
  let sum = emptyTally;
  for (const state of terminalStates) {
    const tally = delta.tally[state];
    if (!tally) continue;
    requireThat(Number.isInteger(tally.count) && tally.count >= 0, () => `${state} would fall by ${-tally.count} (L5)`);
    sum = addTally(sum, tally);
  }
  return sum;
}

/**
 * Proves one settle against the lane before it. `passed`: the routed obligations in (old cursor, new cursor].
 * Throws SettleRefused where a rule is broken.
 */
export function checkDelta(delta: SettleDelta, head: number, before: LaneBefore, passed: Tally): DeltaEffect {
  checkSeqs(delta, head, before);
  const { removed, added } = checkSides(delta, before);
  checkHeld(delta, before);
  checkDiverted(delta, before);
  const isMinted = (row: SideRow) => row.gen > 0 && !before.row(row.seq, row.gen);
  const effect: DeltaEffect = {
    terminal: terminalTally(delta),
    retrying: {
      added: tallyOf(added.filter((row) => row.state === 'retrying')),
      removed: tallyOf(removed.filter((row) => row.state === 'retrying')),
    },
    dead: { added: tallyOf(added.filter((row) => row.state === 'dead')), removed: tallyOf(removed.filter((row) => row.state === 'dead')) },
    heldSet: tallyOfSeqs(delta.heldSet),
    heldClear: tallyOfSeqs(delta.heldClear),
    minted: tallyOf(added.filter(isMinted)),
  };
  const came = [passed, effect.retrying.removed, effect.dead.removed, effect.heldClear, effect.minted].reduce(addTally);
  const went = [effect.terminal, effect.retrying.added, effect.dead.added, effect.heldSet].reduce(addTally);
  requireThat(
    sameTally(came, went),
    () => `the settle of ${delta.destination} does not balance: ${came.count} came, ${went.count} went (L1, L2)`,
  );
  return effect;
}
