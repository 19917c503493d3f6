import { describe, expect, it } from 'vitest';
import { appended, appendMany, batchRequest, roomy, singleRequest } from '../testing/requests.ts';
import type { Bench } from './bench.ts';

export function describeAppending(bench: Bench): void {
  describe('append', () => appends(bench));
  describe('duplicates', () => duplicates(bench));
}

function appends(bench: Bench): void {
  it('gives out contiguous seqs from 1 and makes them visible when it answers', async () => {
    expect(bench.log.head()).toBe(0);
    const first = await appended(bench.log, singleRequest(bench.log, 'm1', { route: bench.toA }));
    const second = await appended(bench.log, batchRequest(bench.log, ['m2', 'm3'], { route: bench.toA }));
    expect([first.seqs, second.seqs]).toEqual([[1], [2, 3]]);
    expect(bench.log.head()).toBe(3);
    expect(bench.log.readTail('a', 0, roomy)).toMatchObject({ through: 3, records: [{ seq: 1 }, { seq: 2 }, { seq: 3 }] });
  });

  it('gives each concurrent request a seq of its own', async () => {
    const ids = Array.from({ length: 200 }, (_, i) => `m${i}`);
    const answers = await Promise.all(
      ids.map((id, i) => appended(bench.log, singleRequest(bench.log, id, { route: bench.toA, source: `s${i % 3}` }))),
    );
    const seqs = answers.flatMap((answer) => answer.seqs);
    expect(new Set(seqs).size).toBe(200);
    expect(Math.max(...seqs)).toBe(200);
    expect(bench.log.head()).toBe(200);
  });

  it('tells watchers the new head and whom something is for, and stops when they leave', async () => {
    const told: unknown[] = [];
    const unwatch = bench.log.watch((head, destinations) => told.push([head, destinations]));
    await appendMany(bench.log, bench.toA, 3);
    await Promise.resolve();
    unwatch();
    await appendMany(bench.log, bench.toA, 2, 'other');
    expect(told).toEqual([[3, ['a']]]);
  });

  it('takes a request without events', async () => {
    expect(await appended(bench.log, batchRequest(bench.log, [], { route: bench.toA }))).toEqual({ seqs: [], accepted: 0, duplicate: 0 });
    expect(bench.log.head()).toBe(0);
  });
}

function duplicates(bench: Bench): void {
  it('answers a repeated message id with the seq of the first', async () => {
    await appended(bench.log, singleRequest(bench.log, 'm1', { route: bench.toA }));
    expect(await appended(bench.log, singleRequest(bench.log, 'm1', { route: bench.toA }))).toEqual({
      seqs: [1],
      accepted: 0,
      duplicate: 1,
    });
    expect(bench.log.head()).toBe(1);
  });

  it('finds them in one request, and between requests that arrive together', async () => {
    const [first, second] = await Promise.all([
      appended(bench.log, batchRequest(bench.log, ['m1', 'm2', 'm1'], { route: bench.toA })),
      appended(bench.log, batchRequest(bench.log, ['m2', 'm3'], { route: bench.toA })),
    ]);
    expect(first).toEqual({ seqs: [1, 2, 1], accepted: 2, duplicate: 1 });
    expect(second).toEqual({ seqs: [2, 3], accepted: 1, duplicate: 1 });
  });

  it('counts the same id of another source as another event', async () => {
    await appended(bench.log, singleRequest(bench.log, 'm1', { route: bench.toA, source: 'web' }));
    expect((await appended(bench.log, singleRequest(bench.log, 'm1', { route: bench.toA, source: 'app' }))).accepted).toBe(1);
  });

  it('finds those that left the tail long ago', async () => {
    await bench.setUp({ smallTail: true });
    await appendMany(bench.log, bench.toA, 400);
    expect(await appended(bench.log, batchRequest(bench.log, ['m0', 'new', 'm399'], { route: bench.toA }))).toEqual({
      seqs: [1, 401, 400],
      accepted: 1,
      duplicate: 2,
    });
  });

  it('takes an id as new once the window has passed', async () => {
    await appended(bench.log, singleRequest(bench.log, 'm1', { route: bench.toA }));
    bench.tick(3_600_000 + 60_000);
    expect((await appended(bench.log, singleRequest(bench.log, 'm1', { route: bench.toA }))).seqs).toEqual([2]);
  });

  it('gives the bytes of a body to the events that are stored of it', async () => {
    await appended(bench.log, singleRequest(bench.log, 'm1', { route: bench.toA }));
    const request = batchRequest(bench.log, ['m1', 'm2', 'm3', 'm4'], { route: bench.toA });
    await appended(bench.log, request);
    const { records } = await bench.log.readDisk('a', 1, roomy);
    expect(records.map((record) => record.messageId)).toEqual(['m2', 'm3', 'm4']);
    expect(records.reduce((sum, record) => sum + record.bytes, 0)).toBe(request.body.length);
  });
}
