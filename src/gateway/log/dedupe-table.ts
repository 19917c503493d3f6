/**
 * hash → seq, for as many message ids as the window allows: open addressing in typed arrays, 16 bytes a
 * slot, so that millions of ids cost no heap and no collector time. 256 shards, so that growing one
 * never stalls the loop for more than a fraction of a millisecond.
 *
 * Two ids with one hash share a slot: the later wins. What is older than `floor` counts as absent
 * and leaves when its shard is rebuilt.
 */
export interface DedupeTable {
  /** Slots in use, forgotten ones included until their shard is rebuilt. */
  readonly size: number;
  readonly sizeBytes: number;
  /** Lowest seq that is still remembered. */
  floor: number;
  /** Seq of the first with this hash; 0 when absent. */
  get(low: number, high: number): number;
  set(low: number, high: number, seq: number): void;
  /** Takes back a `set` that was not committed. */
  remove(low: number, high: number, seq: number): void;
}

const shardCount = 256;
const firstSlots = 16;
const maxLoad = 0.66;
const gone = 0xffffffff;

interface Shard {
  /** low, high, seq low, seq high. seq 0: never used; seq high `gone`: used once, free. */
  slots: Uint32Array;
  used: number;
}

function slotSeq(slots: Uint32Array, at: number): number {
  const high = slots[at + 3] as number;
  return high === gone ? -1 : high * 4_294_967_296 + (slots[at + 2] as number);
}

/** Position of the slot with this hash, or of the empty one where the search ended. */
function locate(slots: Uint32Array, low: number, high: number): number {
  const mask = slots.length - 1;
  let at = (low * 4) & mask;
  while (((slots[at + 2] as number) !== 0 || (slots[at + 3] as number) !== 0) && !(slots[at] === low && slots[at + 1] === high))
    at = (at + 4) & mask;
  return at;
}

function write(slots: Uint32Array, at: number, low: number, high: number, seq: number): void {
  slots[at] = low;
  slots[at + 1] = high;
  slots[at + 2] = seq >>> 0;
  slots[at + 3] = Math.floor(seq / 4_294_967_296);
}

function rebuild(shard: Shard, floor: number): void {
  const old = shard.slots;
  let live = 0;
  for (let at = 0; at < old.length; at += 4) if (slotSeq(old, at) >= floor && slotSeq(old, at) > 0) live++;
  let slots = firstSlots;
  while (live >= slots * maxLoad * 0.75) slots *= 2;
  shard.slots = new Uint32Array(slots * 4);
  shard.used = live;
  for (let at = 0; at < old.length; at += 4) {
    const seq = slotSeq(old, at);
    if (seq < floor || seq <= 0) continue;
    const low = old[at] as number;
    const high = old[at + 1] as number;
    write(shard.slots, locate(shard.slots, low, high), low, high, seq);
  }
}

export function createDedupeTable(): DedupeTable {
  const shards: Shard[] = Array.from({ length: shardCount }, () => ({ slots: new Uint32Array(firstSlots * 4), used: 0 }));
  let size = 0;
  let words = shardCount * firstSlots * 4;

  const table: DedupeTable = {
    floor: 1,
    get size() {
      return size;
    },
    get sizeBytes() {
      return words * 4;
    },
    get(low, high) {
      const { slots } = shards[high >>> 24] as Shard;
      const seq = slotSeq(slots, locate(slots, low, high));
      return seq >= table.floor ? seq : 0;
    },
    set(low, high, seq) {
      const shard = shards[high >>> 24] as Shard;
      if (shard.used >= (shard.slots.length / 4) * maxLoad) {
        size -= shard.used;
        words -= shard.slots.length;
        rebuild(shard, table.floor);
        size += shard.used;
        words += shard.slots.length;
      }
      const at = locate(shard.slots, low, high);
      if (shard.slots[at + 2] === 0 && shard.slots[at + 3] === 0) {
        shard.used++;
        size++;
      }
      write(shard.slots, at, low, high, seq);
    },
    remove(low, high, seq) {
      const { slots } = shards[high >>> 24] as Shard;
      const at = locate(slots, low, high);
      if (slotSeq(slots, at) !== seq) return;
      slots[at + 3] = gone;
    },
  };
  return table;
}
