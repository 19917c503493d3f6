/**
 * Requests that wait for a commit, per source in order of arrival, taken round-robin by source so that a
 * source that floods cannot starve the others.
 */
export interface Queued {
  readonly source: string;
  readonly bytes: number;
  readonly events: number;
  /** Monotonic ms. */
  readonly since: number;
}

export interface IngestQueue<T extends Queued> {
  readonly length: number;
  readonly bytes: number;
  /** Monotonic ms at which the oldest came; null when empty. */
  oldest(): number | null;
  push(item: T): void;
  /** Puts one back before all others of its source. */
  unshift(item: T): void;
  /** A group of at most so many events and bytes; a single item may be larger. */
  take(maxEvents: number, maxBytes: number, maxItems: number): T[];
}

interface Line<T> {
  /** Places before `next` are empty, so that nothing keeps what was taken. */
  items: (T | undefined)[];
  next: number;
}

const sizeOf = (line: Line<unknown>) => line.items.length - line.next;

export function createIngestQueue<T extends Queued>(): IngestQueue<T> {
  /** One for each source that ever sent. They stay: a Map in which they came and went would keep their requests (`delivery/bag.ts`). */
  const lines = new Map<string, Line<T>>();
  /** Lines that have something, the next in turn first. */
  const turns: Line<T>[] = [];
  let length = 0;
  let bytes = 0;

  function lineOf(source: string): Line<T> {
    let line = lines.get(source);
    if (!line) {
      line = { items: [], next: 0 };
      lines.set(source, line);
    }
    if (sizeOf(line) === 0) turns.push(line);
    return line;
  }

  function pop(line: Line<T>): void {
    const item = line.items[line.next] as T;
    line.items[line.next++] = undefined;
    length--;
    bytes -= item.bytes;
    if (line.next === line.items.length || (line.next > 1024 && line.next * 2 > line.items.length)) {
      line.items = line.items.slice(line.next);
      line.next = 0;
    }
  }

  return {
    get length() {
      return length;
    },
    get bytes() {
      return bytes;
    },
    oldest() {
      let oldest: number | null = null;
      for (const line of turns) {
        const since = line.items[line.next]?.since;
        if (since !== undefined && (oldest === null || since < oldest)) oldest = since;
      }
      return oldest;
    },
    push(item) {
      lineOf(item.source).items.push(item);
      length++;
      bytes += item.bytes;
    },
    unshift(item) {
      const line = lineOf(item.source);
      if (line.next > 0) line.items[--line.next] = item;
      else line.items.unshift(item);
      length++;
      bytes += item.bytes;
    },
    take(maxEvents, maxBytes, maxItems) {
      const group: T[] = [];
      let events = 0;
      let size = 0;
      const full = (item: T) =>
        group.length > 0 && (group.length >= maxItems || events + item.events > maxEvents || size + item.bytes > maxBytes);
      for (let line = turns[0]; line; line = turns[0]) {
        const item = line.items[line.next] as T;
        // The group ends at the first item that does not fit; its source has the next turn.
        if (full(item)) return group;
        pop(line);
        group.push(item);
        events += item.events;
        size += item.bytes;
        if (turns.length === 1 && sizeOf(line) > 0) continue;
        turns.shift();
        if (sizeOf(line) > 0) turns.push(line);
      }
      return group;
    },
  };
}
