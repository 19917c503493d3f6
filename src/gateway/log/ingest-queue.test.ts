import { describe, expect, it } from 'vitest';
import { createIngestQueue, type Queued } from './ingest-queue.ts';

const item = (source: string, since = 0, bytes = 10, events = 1): Queued => ({ source, since, bytes, events });
const many = { events: 1000, bytes: 1_000_000, items: 1000 };

describe('the ingest queue', () => {
  it('takes from each source in turn', () => {
    const queue = createIngestQueue();
    for (let i = 0; i < 5; i++) queue.push(item('loud', i));
    queue.push(item('quiet', 9));
    const group = queue.take(3, many.bytes, many.items);
    expect(group.map(({ source, since }) => [source, since])).toEqual([
      ['loud', 0],
      ['quiet', 9],
      ['loud', 1],
    ]);
    expect(queue.take(many.events, many.bytes, many.items).map(({ since }) => since)).toEqual([2, 3, 4]);
  });

  it('ends a group by events, by bytes or by requests, but takes one of any size', () => {
    const queue = createIngestQueue();
    for (let i = 0; i < 6; i++) queue.push(item('web', i, 100, 10));
    expect(queue.take(25, many.bytes, many.items)).toHaveLength(2);
    expect(queue.take(many.events, 150, many.items)).toHaveLength(1);
    expect(queue.take(many.events, many.bytes, 2)).toHaveLength(2);
    expect(queue.take(1, 1, 1)).toHaveLength(1);
    expect(queue.take(1, 1, 1)).toEqual([]);
  });

  it('knows its size and its oldest', () => {
    const queue = createIngestQueue();
    expect(queue.oldest()).toBeNull();
    queue.push(item('web', 7, 100));
    queue.push(item('app', 3, 50));
    expect([queue.length, queue.bytes, queue.oldest()]).toEqual([2, 150, 3]);
    const [first] = queue.take(1, 1, 1);
    queue.unshift(first as Queued);
    expect([queue.length, queue.bytes]).toEqual([2, 150]);
    queue.take(many.events, many.bytes, many.items);
    expect([queue.length, queue.bytes, queue.oldest()]).toEqual([0, 0, null]);
  });

  it('keeps the order of one source over many turns', () => {
    const queue = createIngestQueue();
    const out: number[] = [];
    let next = 0;
    for (let turn = 0; turn < 200; turn++) {
      for (let i = 0; i < 50; i++) queue.push(item('web', next++));
      out.push(...queue.take(40, many.bytes, many.items).map(({ since }) => since));
    }
    while (queue.length > 0) out.push(...queue.take(500, many.bytes, many.items).map(({ since }) => since));
    expect(out).toEqual(Array.from({ length: next }, (_, i) => i));
  });
});
