/** People in the memory driver: what is stored of them is looked at event by event, as the plain model of the durable driver. */
import { createPersonKeys } from '#gateway/pipeline/person-key.ts';
import type { Obligations, PersonalPage } from '../erasing.ts';
import { createMatcher, type PeopleMatch } from '../person-match.ts';
import type { DeadSlice, Kept } from '../retaining.ts';
import type { MemoryLane } from './lane.ts';
import type { MemoryRecords } from './records.ts';

export function personalEvents(records: MemoryRecords, { key, people }: PeopleMatch, afterSeq: number): PersonalPage {
  const isTheirs = createMatcher(createPersonKeys(key), people);
  const found = records.where(({ seq, receivedAt, event }) => seq > afterSeq && isTheirs(records.storedJson(seq) ?? event, receivedAt));
  const events = found.map(({ seq, source, receivedAt }) => ({ seq, source, receivedAt, json: JSON.stringify(records.storedJson(seq)) }));
  return { events, through: Math.max(afterSeq, records.head), isOver: true };
}

export function obligationsOf(lane: MemoryLane, seqs: readonly number[]): Obligations {
  const asked = new Set(seqs);
  const rows = [...lane.rows.values()].filter(({ seq }) => asked.has(seq)).sort((a, b) => a.seq - b.seq || a.gen - b.gen);
  return { rows, held: [...lane.held].filter((seq) => asked.has(seq)).sort((a, b) => a - b) };
}

/** One part, for the driver has no segments. */
export function keptOf(records: MemoryRecords, now: number): Kept {
  const all = records.where(() => true);
  const [oldest] = all;
  if (oldest === undefined) return { oldestAt: null, parts: [] };
  return { oldestAt: oldest.receivedAt, parts: [{ events: all.length, bytes: records.bytes, lastAt: now, isPassed: false }] };
}

export function deadSliceOf(lane: MemoryLane, records: MemoryRecords, afterSeq: number, beforeMs: number): DeadSlice {
  const { rows } = lane.deadAfter(afterSeq, Number.MAX_SAFE_INTEGER);
  const seqs = new Set(rows.map(({ seq }) => seq));
  const times = rows.map(({ dueAt }) => dueAt);
  return {
    rows: rows.length,
    bytes: [...seqs].reduce((sum, seq) => sum + (records.at(seq)?.bytes ?? 0), 0),
    oldestAt: times.length === 0 ? null : Math.min(...times),
    old: rows.filter(({ dueAt }) => dueAt < beforeMs).map(({ seq, gen }) => ({ seq, gen })),
    through: rows.at(-1)?.seq ?? afterSeq,
    isOver: true,
  };
}
