/** What the reading worker answers about side rows. */
import type { DeadFilter, DeadFound, OpenEdit } from '../replaying.ts';
import { type CountDeadSlice, type LifeRows, type SearchDeadInput, SideReader, type SidesInRange } from './side-reader.ts';

export interface SideReadOps {
  searchDead(input: SearchDeadInput): DeadFound;
  countDead(input: { readonly ordinal: number; readonly filter: DeadFilter; readonly from: number }): CountDeadSlice;
  sidesInRange(input: { readonly ordinal: number; readonly after: number; readonly through: number }): SidesInRange;
  life(input: { readonly ordinal: number; readonly seq: number }): LifeRows;
  openEdits(input: { readonly ordinal: number }): readonly OpenEdit[];
}

export interface SideReads {
  readonly ops: SideReadOps;
  close(): void;
}

/** Opens a connection of its own when it is first asked. */
export function createSideReads(folder: () => string): SideReads {
  let reader: SideReader | null = null;
  const opened = (): SideReader => {
    reader ??= new SideReader(folder());
    return reader;
  };
  return {
    ops: {
      searchDead: (input) => opened().search(input),
      countDead: (input) => opened().count(input),
      sidesInRange: ({ ordinal, after, through }) => opened().inRange(ordinal, after, through),
      life: ({ ordinal, seq }) => opened().life(ordinal, seq),
      openEdits: ({ ordinal }) => opened().openEdits(ordinal),
    },
    close() {
      reader?.close();
      reader = null;
    },
  };
}
