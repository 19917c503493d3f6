import type { Judgement } from '#contract/documents/guardrail.ts';

/** Seconds that a window holds at least, though some of them came late. */
export function secondsIn(windowMs: number): number {
  return Math.floor((windowMs / 1000) * 0.9);
}

/** A burst is no trend: seconds with something in them below which a share is not judged. */
export function leastSeconds(windowMs: number): number {
  return Math.min(10, secondsIn(windowMs));
}

/** What a guard found, before it is put in words. */
export type Finding = Omit<Judgement, 'words'> & {
  /** Seconds with something in them. */
  readonly seconds: number;
  /** The other side has too few samples, or there was nothing to hold it against. */
  readonly lacks: 'nothing' | 'before' | 'other';
};
