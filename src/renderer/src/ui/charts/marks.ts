/** Pure: marks of a chart, drawn together where they would touch. */
import type { ChartMark } from './chart-model.ts';

export interface MarkCluster {
  readonly id: string;
  /** Where it is drawn: at its oldest mark, epoch ms. */
  readonly at: number;
  /** In time order. */
  readonly marks: readonly ChartMark[];
}

/** Marks closer than this to the one before stand together, px. */
export const clusterPx = 8;

/** `marks` in any order. */
export function clusterMarks(marks: readonly ChartMark[], reachMs: number): readonly MarkCluster[] {
  const clusters: { id: string; at: number; marks: ChartMark[] }[] = [];
  for (const mark of [...marks].sort((a, b) => a.at - b.at)) {
    const last = clusters.at(-1);
    if (last !== undefined && mark.at - last.at <= reachMs) last.marks.push(mark);
    else clusters.push({ id: mark.id, at: mark.at, marks: [mark] });
  }
  return clusters;
}

/** The time of the nearest mark before or after `at` within (startMs, endMs); null where there is none. */
export function nextMark(marks: readonly ChartMark[], at: number, direction: -1 | 1, startMs: number, endMs: number): number | null {
  const wanted = marks.map((mark) => mark.at).filter((each) => each > startMs && each < endMs && (each - at) * direction > 0);
  if (wanted.length === 0) return null;
  return direction > 0 ? Math.min(...wanted) : Math.max(...wanted);
}

/** Lines of a tooltip: the newest first, and how many more there are. */
export function markLines(marks: readonly ChartMark[], most: number): readonly string[] {
  const newest = [...marks].sort((a, b) => b.at - a.at);
  const more = newest.length - most;
  return [...newest.slice(0, most).map((mark) => mark.text), ...(more > 0 ? [`and ${more} more`] : [])];
}
