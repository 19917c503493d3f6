/**
 * Which seqs are inside the dedupe window: by age, by count, and by what is still on disk, since a hit
 * is confirmed there. Commit times are kept in buckets of 1/512 of the window.
 */
export interface DedupeWindow {
  /** Lowest seq that counts. */
  readonly floor: number;
  /** A commit whose last seq is `seq`. `at`: epoch ms, never falling. */
  note(at: number, seq: number): void;
  /** Commits from before those known, newest first. */
  noteOlder(commits: readonly { readonly at: number; readonly seq: number }[]): void;
  /** Moves the floor. `firstOnDisk`: nothing below is there. */
  advance(now: number, head: number, firstOnDisk: number): void;
  /** The span in which duplicates are recognised for certain, ms. */
  spanMs(now: number): number;
}

interface Bucket {
  from: number;
  until: number;
  lastSeq: number;
}

const bucketsPerWindow = 512;

export function createDedupeWindow(windowMs: number, maxEntries: number): DedupeWindow {
  const spacingMs = windowMs / bucketsPerWindow;
  let buckets: Bucket[] = [];
  let byAge = 1;
  let byRoom = 1;

  return {
    get floor() {
      return Math.max(byAge, byRoom);
    },
    note(at, seq) {
      const last = buckets.at(-1);
      if (last && at - last.from < spacingMs) {
        last.until = at;
        last.lastSeq = seq;
      } else buckets.push({ from: at, until: at, lastSeq: seq });
    },
    noteOlder(commits) {
      const added: Bucket[] = [];
      let first = buckets[0];
      for (const { at, seq } of commits) {
        if (first && first.until - at < spacingMs) first.from = Math.min(first.from, at);
        else {
          first = { from: at, until: at, lastSeq: seq };
          added.push(first);
        }
      }
      buckets = [...added.reverse(), ...buckets];
    },
    advance(now, head, firstOnDisk) {
      let expired = 0;
      for (; expired < buckets.length && (buckets[expired] as Bucket).until <= now - windowMs; expired++)
        byAge = (buckets[expired] as Bucket).lastSeq + 1;
      if (expired > 0) buckets = buckets.slice(expired);
      byRoom = Math.max(byRoom, head - maxEntries + 1, firstOnDisk);
    },
    spanMs(now) {
      if (byRoom <= byAge) return windowMs;
      const oldest = buckets.find((bucket) => bucket.lastSeq >= byRoom);
      return Math.min(windowMs, now - (oldest?.from ?? now));
    },
  };
}
