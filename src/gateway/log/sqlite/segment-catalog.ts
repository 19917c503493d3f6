/** The segments there are, and their sizes, as the main thread knows them. The last is the open one. */
import type { Limits } from './options.ts';
import type { SegmentRef } from './segment-file.ts';

const backgroundCheckpointBytes = 4 * 1024 * 1024;

export interface SegmentCatalog {
  readonly bytes: number;
  readonly count: number;
  /** Lowest seq on disk; 1 when there is none. */
  readonly firstSeq: number;
  readonly firsts: readonly number[];
  /** Closed segments with their last seq, ascending. */
  sealed(): readonly { readonly firstSeq: number; readonly lastSeq: number; readonly bytes: number }[];
  /** A commit at `at`, epoch ms, starts a segment: the open one is large or old enough, or closed. */
  isFull(at: number): boolean;
  /** The writer was asked to close the open segment: whatever is committed from now on starts another. */
  close(): void;
  /** It did. */
  closed(firstSeq: number, bytes: number): void;
  committed(
    firstSeq: number,
    startedSegment: boolean,
    written: { readonly at: number; readonly bytes: number; readonly walBytes: number; readonly sealedBytes: number },
  ): void;
  /** The open segment where its WAL has grown enough for a checkpoint in the background; else null. Asked once per growth. */
  checkpointDue(): number | null;
  /** Called when a segment was started. */
  onStart: () => void;
  remove(firstSeq: number): void;
}

/** @param startedAt when the first event of the newest was committed, epoch ms */
export function createSegmentCatalog(
  found: readonly SegmentRef[],
  { segmentBytes, segmentAgeMs }: Pick<Limits, 'segmentBytes' | 'segmentAgeMs'>,
  startedAt: number,
): SegmentCatalog {
  let openSince = startedAt;
  let segments = found.map((segment) => ({ ...segment }));
  let walBytes = 0;
  let checkpointedAt = 0;
  let isClosing = false;
  let closedFirst: number | null = null;

  const catalog: SegmentCatalog = {
    onStart: () => {},
    get bytes() {
      return segments.reduce((sum, segment) => sum + segment.bytes, 0);
    },
    get count() {
      return segments.length;
    },
    get firstSeq() {
      return segments[0]?.firstSeq ?? 1;
    },
    get firsts() {
      return segments.map((segment) => segment.firstSeq);
    },
    sealed: () => segments.slice(0, -1).map((segment, i) => ({ ...segment, lastSeq: (segments[i + 1]?.firstSeq ?? 0) - 1 })),
    isFull(at) {
      const last = segments.at(-1);
      const isOver = !last || isClosing || last.firstSeq === closedFirst;
      return isOver || last.bytes >= segmentBytes || at - openSince >= segmentAgeMs();
    },
    close() {
      isClosing = true;
    },
    closed(firstSeq, bytes) {
      isClosing = false;
      closedFirst = firstSeq;
      const segment = segments.find((each) => each.firstSeq === firstSeq);
      if (segment) segment.bytes = bytes;
    },
    committed(firstSeq, startedSegment, { at, ...sizes }) {
      const former = segments.at(-1);
      // One that was closed before has its size already.
      if (startedSegment && former && former.firstSeq !== closedFirst) former.bytes = sizes.sealedBytes;
      if (startedSegment) {
        segments.push({ firstSeq, bytes: sizes.bytes });
        openSince = at;
      } else if (former) former.bytes = sizes.bytes;
      if (sizes.walBytes < walBytes || startedSegment) checkpointedAt = 0;
      walBytes = sizes.walBytes;
      if (startedSegment) catalog.onStart();
    },
    checkpointDue() {
      if (walBytes - checkpointedAt < backgroundCheckpointBytes) return null;
      checkpointedAt = walBytes;
      return segments.at(-1)?.firstSeq ?? null;
    },
    remove(firstSeq) {
      segments = segments.filter((segment) => segment.firstSeq !== firstSeq);
    },
  };
  return catalog;
}
