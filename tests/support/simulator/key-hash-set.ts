/**
 * A set of texts that keeps only a 64-bit hash of each, eight bytes a text, so that millions of keys fit
 * where their strings would not. Two texts share a hash about once in 10^19 pairs. Full, it stops adding.
 */
export interface KeyHashSet {
  /** True if the text was not in the set before. False also where the set is full. */
  add(text: string): boolean;
  has(text: string): boolean;
  readonly size: number;
  readonly isFull: boolean;
}

function slotOf(table: Uint32Array, high: number, low: number): number {
  const mask = table.length / 2 - 1;
  // `low` is always odd, so it must not choose the slot.
  let slot = (high ^ (high >>> 15)) & mask;
  while ((table[slot * 2] !== 0 || table[slot * 2 + 1] !== 0) && (table[slot * 2] !== high || table[slot * 2 + 1] !== low))
    slot = (slot + 1) & mask;
  return slot;
}

/** Two FNV-1a hashes with different offsets, finished so that their low bits spread; never (0, 0), which marks a free slot. */
function hashOf(text: string): readonly [number, number] {
  let a = 0x811c9dc5;
  let b = 0x9e3779b1;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x85ebca6b) ^ (b >>> 15);
  }
  b = Math.imul(b ^ (b >>> 16), 0xc2b2ae35);
  return [a >>> 0, ((b ^ (b >>> 13)) | 1) >>> 0];
}

/** @param maxKeys rounded up to a power of two; 16 bytes each at most */
export function createKeyHashSet(maxKeys: number): KeyHashSet {
  let table: Uint32Array = new Uint32Array(2 * 1024 * 2);
  let size = 0;

  function grow(): void {
    const old = table;
    table = new Uint32Array(old.length * 2);
    for (let i = 0; i < old.length; i += 2) {
      const high = old[i]!;
      const low = old[i + 1]!;
      if (high === 0 && low === 0) continue;
      const slot = slotOf(table, high, low);
      table[slot * 2] = high;
      table[slot * 2 + 1] = low;
    }
  }

  function find(text: string): { readonly slot: number; readonly high: number; readonly low: number; readonly isThere: boolean } {
    const [high, low] = hashOf(text);
    const slot = slotOf(table, high, low);
    return { slot, high, low, isThere: table[slot * 2 + 1] !== 0 };
  }

  return {
    add(text) {
      const { slot, high, low, isThere } = find(text);
      if (isThere || size >= maxKeys) return false;
      table[slot * 2] = high;
      table[slot * 2 + 1] = low;
      size++;
      if (size * 2 > table.length / 2) grow();
      return true;
    },
    has: (text) => find(text).isThere,
    get size() {
      return size;
    },
    get isFull() {
      return size >= maxKeys;
    },
  };
}
