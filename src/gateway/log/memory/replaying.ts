/** The part of the memory driver that works on side rows from outside a lane. */
import type { Replaying } from '../replaying.ts';
import type { SideStep } from '../side-steps.ts';
import type { MemoryLane } from './lane.ts';
import type { MemoryRecords } from './records.ts';
import { countIn, searchIn } from './side-desk.ts';

export interface MemoryReplayingDeps {
  readonly records: MemoryRecords;
  laneOf(destination: string): MemoryLane;
}

export function createMemoryReplaying({ records, laneOf }: MemoryReplayingDeps): Replaying {
  const step = (destination: string, epoch: number, what: SideStep) => laneOf(destination).step(epoch, what, records.first, records.head);
  const deadOf = (destination: string) =>
    laneOf(destination)
      .in('dead')
      .sort((a, b) => a.seq - b.seq || a.gen - b.gen);

  return {
    searchDead: async (search) => searchIn(deadOf(search.destination), search, (seq) => records.at(seq)?.event.name),
    countDead: async (destination, filter) => countIn(deadOf(destination), filter),
    async countRange(destination, after, through) {
      const lane = laneOf(destination);
      const isIn = (seq: number) => seq > after && seq <= through;
      return {
        routed: records.routed(lane.ordinal, after, through).length,
        retrying: lane.in('retrying').filter(({ seq }) => isIn(seq)).length,
        dead: lane.in('dead').filter(({ seq }) => isIn(seq)).length,
        held: [...lane.held].filter(isIn).length,
      };
    },
    life: async (destination, seq) => laneOf(destination).desk.life(seq),
    replays: (destination) => laneOf(destination).desk.replays,
    async openReplay(destination, epoch, id) {
      return replayIn(step(destination, epoch, { do: 'open', id }));
    },
    async give(destination, epoch, give) {
      const done = step(destination, epoch, { do: 'give', ...give });
      return { replay: replayIn(done), retried: done.retried, minted: done.minted, skipped: done.skipped };
    },
    discardDead: async (destination, epoch, seqs, as) => step(destination, epoch, { do: 'discard', seqs, as }).count,
    beginEdit: async (destination, epoch, seq, child) => step(destination, epoch, { do: 'claim', seq, child }).count > 0,
    endEdit: async (destination, epoch, child, isAppended) => step(destination, epoch, { do: 'release', child, isAppended }).count > 0,
    openEdits: async (destination) => laneOf(destination).desk.openEdits(),
  };
}

function replayIn<T>({ replay }: { readonly replay: T | null }): T {
  if (replay === null) throw new Error('the step has no replay');
  return replay;
}
