import type { SegmentCatalog } from './segment-catalog.ts';
import type { Truncating } from './truncating.ts';

/** What one step over the segments answers. */
export interface Step {
  readonly through: number;
  /** Nothing is left up to the head. */
  readonly isOver: boolean;
}

/**
 * Works on the segment that follows a seq, which no truncation takes away meanwhile. `work` says in `isOver` that it is
 * through with that segment; the answer says whether all of them are.
 */
export function stepInSegment<T extends Step>(
  { segments, truncating }: { readonly segments: SegmentCatalog; readonly truncating: Truncating },
  afterSeq: number,
  head: number,
  work: (segment: number) => Promise<T>,
): Promise<Partial<T> & Step> {
  return truncating.apart(async () => {
    if (afterSeq >= head) return { through: afterSeq, isOver: true } as Partial<T> & Step;
    const segment = segments.firsts.findLast((start) => start <= afterSeq + 1);
    // What followed is gone since somebody looked last.
    if (segment === undefined) return { through: segments.firstSeq - 1, isOver: segments.count === 0 } as Partial<T> & Step;
    const step = await work(segment);
    if (!step.isOver) return step;
    const next = segments.firsts.find((start) => start > segment);
    const end = next === undefined ? head : Math.min(next - 1, head);
    return { ...step, through: end, isOver: end >= head };
  });
}
