/** The part of the log's port that tells what is kept, and lets dead letters be found that were kept for too long. */
import type { SideRow } from './event-log.ts';

/** A part of the log that goes as a whole. */
export interface KeptPart {
  readonly events: number;
  readonly bytes: number;
  /** When its newest event was committed, epoch ms. */
  readonly lastAt: number;
  /** Every destination has passed it, so it may go. Never true of the newest part. */
  readonly isPassed: boolean;
}

export interface Kept {
  /** When the oldest event was received, epoch ms; null while the log is empty. */
  readonly oldestAt: number | null;
  /** Oldest first. */
  readonly parts: readonly KeptPart[];
}

/** Dead letters of one destination, looked at in seq order. */
export interface DeadSlice {
  /** Of those looked at: how many, and the bytes of their events as far as they are there. */
  readonly rows: number;
  readonly bytes: number;
  /** When the first of them died, epoch ms; null where there is none. */
  readonly oldestAt: number | null;
  /** Those among them that died before the time asked for. */
  readonly old: readonly Pick<SideRow, 'seq' | 'gen'>[];
  readonly through: number;
  readonly isOver: boolean;
}

export interface Retaining {
  kept(): Promise<Kept>;
  /** Looks at some thousand dead letters after a seq. */
  deadSlice(destination: string, afterSeq: number, beforeMs: number): Promise<DeadSlice>;
}
