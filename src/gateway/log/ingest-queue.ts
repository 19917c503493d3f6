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
  items: T[];
  next: number;
}

export function createIngestQueue<T extends Queued>(): IngestQueue<T> {
  const lines = new Map<string, Line<T>>();
  let length = 0;
  let bytes = 0;

  function lineOf(source: string): Line<T> {
    let line = lines.get(source);
    if (!line) {
      line = { items: [], next: 0 };
      lines.set(source, line);
    }
    return line;
  }

  function pop(source: string, line: Line<T>): void {
    const item = line.items[line.next++] as T;
    length--;
    bytes -= item.bytes;
    if (line.next === line.items.length) lines.delete(source);
    else if (line.next > 1024 && line.next * 2 > line.items.length) {
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
      for (const line of lines.values()) {
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
      for (;;) {
        for (const [source, line] of lines) {
          const item = line.items[line.next] as T;
          // A source that had its turn goes to the end; the group ends at the first item that does not fit.
          if (full(item)) return group;
          pop(source, line);
          group.push(item);
          events += item.events;
          size += item.bytes;
          if (lines.size > 1 && lines.get(source) === line) {
            lines.delete(source);
            lines.set(source, line);
          }
        }
        if (length === 0) return group;
      }
    },
  };
}
