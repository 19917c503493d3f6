import { addDigest, type Digest, emptyDigest, mix64 } from '#gateway/log/digest.ts';
import type { SettleDelta, SideRow, TerminalState } from '#gateway/log/event-log.ts';
import type { Exception } from '#gateway/log/replaying.ts';

/** Obligations a settle may name; keeps a delta well under 1 MB. */
export const maxDeltaItems = 4096;

export interface DeltaBuilder {
  /** Rows, bits and clears named so far. */
  readonly items: number;
  /** Obligations finished for good so far. */
  readonly finished: number;
  terminal(state: TerminalState, seq: number, gen: number): void;
  /** Writes a side row. `isNew` where no such row is durable yet. */
  putRow(row: SideRow, isNew: boolean): void;
  removeRow(seq: number, gen: number): void;
  hold(seq: number): void;
  unhold(seq: number): void;
  isEmpty(): boolean;
  /** By how much the numbers of rows and bits change once this is durable. */
  readonly change: Readonly<Record<'retrying' | 'dead' | 'held', number>>;
  /** When the first of the rows that it puts is to be tried again, epoch ms; null where none is. */
  dueAt(): number | null;
  build(destination: string, epoch: number, cursor: number): SettleDelta;
}

/** Gathers what one settle will write. A row put and removed before it was ever durable leaves no trace. */
export function createDelta(): DeltaBuilder {
  const rows = new Map<string, { row: SideRow; isNew: boolean }>();
  const removed = new Map<string, { seq: number; gen: number }>();
  const held = new Set<number>();
  const unheld = new Set<number>();
  const tally: Partial<Record<TerminalState, { count: number; digest: Digest }>> = {};
  /** What was not delivered, so that it can be told of each. */
  const ended: Partial<Record<Exception, number[]>> = {};
  const change = { retrying: 0, dead: 0, held: 0 };
  let finished = 0;

  return {
    change,
    get items() {
      return rows.size + removed.size + held.size + unheld.size;
    },
    get finished() {
      return finished;
    },
    terminal(state, seq, gen) {
      finished++;
      if (state !== 'confirmed' && state !== 'accepted') {
        const seqs = ended[state] ?? [];
        seqs.push(seq);
        ended[state] = seqs;
      }
      const before = tally[state];
      tally[state] = { count: (before?.count ?? 0) + 1, digest: addDigest(before?.digest ?? emptyDigest, mix64(seq, gen)) };
    },
    putRow(row, isNew) {
      const key = `${row.seq}/${row.gen}`;
      const pending = rows.get(key);
      // Only retrying rows are ever taken up, so a row that is not new was retrying.
      change[pending?.row.state ?? 'retrying'] -= pending || !isNew ? 1 : 0;
      change[row.state]++;
      rows.set(key, { row, isNew: pending?.isNew ?? isNew });
    },
    removeRow(seq, gen) {
      const key = `${seq}/${gen}`;
      const pending = rows.get(key);
      rows.delete(key);
      change[pending?.row.state ?? 'retrying']--;
      if (!pending?.isNew) removed.set(key, { seq, gen });
    },
    hold(seq) {
      change.held++;
      if (!unheld.delete(seq)) held.add(seq);
    },
    unhold(seq) {
      change.held--;
      if (!held.delete(seq)) unheld.add(seq);
    },
    isEmpty: () => finished === 0 && rows.size === 0 && removed.size === 0 && held.size === 0 && unheld.size === 0,
    dueAt() {
      let first: number | null = null;
      for (const { row } of rows.values()) if (row.state === 'retrying' && (first === null || row.dueAt < first)) first = row.dueAt;
      return first;
    },
    build: (destination, epoch, cursor) => ({
      destination,
      epoch,
      cursor,
      sidePut: [...rows.values()].map((entry) => entry.row),
      sideRemove: [...removed.values()],
      heldSet: [...held],
      heldClear: [...unheld],
      tally,
      ...(Object.keys(ended).length > 0 ? { ended } : {}),
    }),
  };
}
