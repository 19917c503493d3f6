import type { Obligations } from '../erasing.ts';
import type { SideRow } from '../event-log.ts';
import type { DeadSlice } from '../retaining.ts';
import type { DeadSliceInput } from './dead-slice.ts';
import { type DedupeSlice, readDedupeSlice, readHashMatches } from './hash-reads.ts';
import { LanesReader, type LaneView, type Place, type Recount } from './lanes-reader.ts';
import { type PageInput, type PassedSlice, readFirstWaiting, readPage, readPassed, readRecords } from './log-reads.ts';
import type { RawPage } from './raw-page.ts';
import { RawPageBuilder } from './raw-page.ts';
import { Segments } from './segments.ts';
import { createSideReads, type SideReadOps } from './side-reads.ts';

/** What the reading worker answers. Every operation is bounded; callers loop over slices. */
export interface ReaderOps extends SideReadOps {
  open(input: { readonly folder: string; readonly segments: readonly number[] }): null;
  /** First seqs of the segments that there are now. Closes the others. */
  setSegments(input: { readonly segments: readonly number[] }): null;
  page(input: PageInput): RawPage & { readonly through: number };
  records(input: { readonly seqs: readonly number[]; readonly head: number }): RawPage;
  passed(input: { readonly ordinal: number; readonly after: number; readonly through: number }): PassedSlice;
  firstWaiting(input: { readonly ordinal: number; readonly after: number; readonly head: number }): {
    readonly receivedAt: number | null;
    readonly through: number;
  };
  dedupeSlice(input: { readonly beforeSeq: number; readonly minAt: number; readonly maxEvents: number }): DedupeSlice;
  hashMatches(input: { readonly beforeSeq: number; readonly hashes: readonly { readonly low: number; readonly high: number }[] }): {
    readonly seqs: readonly number[];
    readonly beforeSeq: number;
  };
  /** Newest commit time in a segment, epoch ms. */
  lastAt(input: { readonly segment: number }): number;
  checkpoint(input: { readonly segment: number }): null;
  dueRetries(input: { readonly ordinal: number; readonly atMs: number; readonly limit: number }): readonly SideRow[];
  nextRetryAt(input: { readonly ordinal: number }): number | null;
  heldSeqs(input: { readonly ordinal: number; readonly after: number; readonly limit: number }): readonly number[];
  deadRows(input: { readonly ordinal: number; readonly afterSeq: number; readonly limit: number }): readonly SideRow[];
  places(input: { readonly seq: number; readonly ordinals: readonly number[] }): readonly Place[];
  laneView(input: { readonly ordinal: number }): LaneView;
  recount(input: { readonly ordinal: number }): Recount;
  obligations(input: { readonly ordinal: number; readonly seqs: readonly number[] }): Obligations;
  deadSlice(input: DeadSliceInput): DeadSlice;
  /** When the first event of a segment was received, epoch ms. */
  firstAt(input: { readonly segment: number }): number;
  unsettledDiversions(input: { readonly ordinal: number }): readonly number[];
  close(input: null): null;
}

export function createReaderOps(): ReaderOps {
  let home = '';
  const sides = createSideReads(() => home);
  let opened: { readonly segments: Segments; readonly lanes: LanesReader } | null = null;
  const store = () => {
    if (!opened) throw new Error('the log is not open for reading');
    return opened;
  };
  return {
    ...sides.ops,
    open({ folder, segments: firsts }) {
      home = folder;
      const segments = new Segments(folder);
      segments.set(firsts);
      opened = { segments, lanes: new LanesReader(folder) };
      return null;
    },
    setSegments({ segments }) {
      store().segments.set(segments);
      return null;
    },
    page(input) {
      const { page, through } = readPage(store().segments, input);
      return { ...page, through };
    },
    records({ seqs, head }) {
      const { segments, lanes } = store();
      const page = new RawPageBuilder();
      lanes.rescued(
        page,
        seqs.filter((seq) => seq < segments.first),
      );
      readRecords(page, segments, seqs, head);
      return page.finish();
    },
    passed: (input) => readPassed(store().segments, input),
    firstWaiting: (input) => readFirstWaiting(store().segments, input),
    dedupeSlice: (input) => readDedupeSlice(store().segments, input),
    hashMatches: (input) => readHashMatches(store().segments, input),
    lastAt: ({ segment }) => store().segments.at(segment)?.hashes(Number.MAX_SAFE_INTEGER, 1)[0]?.at ?? 0,
    checkpoint({ segment }) {
      store().segments.at(segment)?.checkpoint();
      return null;
    },
    dueRetries: ({ ordinal, atMs, limit }) => store().lanes.dueRetries(ordinal, atMs, limit),
    nextRetryAt: ({ ordinal }) => store().lanes.nextRetryAt(ordinal),
    heldSeqs: ({ ordinal, after, limit }) => store().lanes.heldSeqs(ordinal, after, limit),
    deadRows: ({ ordinal, afterSeq, limit }) => store().lanes.deadRows(ordinal, afterSeq, limit),
    places: ({ seq, ordinals }) => store().lanes.places(seq, ordinals),
    laneView: ({ ordinal }) => store().lanes.laneView(ordinal),
    recount: ({ ordinal }) => store().lanes.recount(ordinal),
    obligations: ({ ordinal, seqs }) => store().lanes.obligations(ordinal, seqs),
    deadSlice: (input) => store().lanes.deadSlice(store().segments, input),
    unsettledDiversions: ({ ordinal }) => store().lanes.unsettledDiversions(ordinal),
    firstAt: ({ segment }) => store().segments.at(segment)?.index(segment).request(0).receivedAt ?? 0,
    close() {
      sides.close();
      opened?.segments.close();
      opened?.lanes.close();
      opened = null;
      return null;
    },
  };
}
