/** Lets dead letters expire that nobody came for: what is too old, and the oldest of a destination that keeps too much. */
import type { EventLog } from '#gateway/log/event-log.ts';

export interface DeadLetterDeps {
  readonly log: Pick<EventLog, 'deadSlice'>;
  /** Ends dead letters as expired; answers how many of them there were. */
  expire(destination: string, seqs: readonly number[]): Promise<number>;
}

export interface DeadKept {
  readonly rows: number;
  readonly bytes: number;
  /** When the oldest died, epoch ms; null where there is none. */
  readonly oldestAt: number | null;
  /** Died before the time asked for. */
  readonly older: number;
}

const ever = Number.MAX_SAFE_INTEGER;

export async function countDeadLetters({ log }: Pick<DeadLetterDeps, 'log'>, destination: string, beforeMs: number): Promise<DeadKept> {
  let [rows, bytes, older] = [0, 0, 0];
  let oldestAt: number | null = null;
  for (let after = 0; ; ) {
    const slice = await log.deadSlice(destination, after, beforeMs);
    rows += slice.rows;
    bytes += slice.bytes;
    older += slice.old.length;
    if (slice.oldestAt !== null) oldestAt = Math.min(oldestAt ?? ever, slice.oldestAt);
    if (slice.isOver) return { rows, bytes, oldestAt, older };
    after = slice.through;
  }
}

/** Expires what died before; answers how many, and the bytes that are left. */
async function expireOlder({ log, expire }: DeadLetterDeps, destination: string, beforeMs: number) {
  let [expired, bytes] = [0, 0];
  for (let after = 0; ; ) {
    const slice = await log.deadSlice(destination, after, beforeMs);
    if (slice.old.length > 0) expired += await expire(destination, seqsOf(slice.old));
    bytes += slice.bytes * (1 - slice.old.length / Math.max(1, slice.rows));
    if (slice.isOver) return { expired, bytes };
    after = slice.through;
  }
}

/** Expires the oldest until about so many bytes are gone: those of a slice are taken to be of one size. */
async function expireOldest({ log, expire }: DeadLetterDeps, destination: string, excessBytes: number): Promise<number> {
  let expired = 0;
  let excess = excessBytes;
  for (let after = 0; excess > 0; ) {
    const slice = await log.deadSlice(destination, after, ever);
    const each = slice.bytes / Math.max(1, slice.rows);
    const doomed = each === 0 ? slice.old : slice.old.slice(0, Math.ceil(excess / each));
    if (doomed.length > 0) expired += await expire(destination, seqsOf(doomed));
    excess -= each * doomed.length;
    if (slice.isOver) break;
    after = slice.through;
  }
  return expired;
}

export interface DeadLetterLimits {
  readonly beforeMs: number;
  readonly maxBytes: number;
}

/** Brings one destination within its limits; answers how many expired. */
export async function tidyDeadLetters(
  deps: DeadLetterDeps,
  destination: string,
  { beforeMs, maxBytes }: DeadLetterLimits,
): Promise<number> {
  const { expired, bytes } = await expireOlder(deps, destination, beforeMs);
  return expired + (bytes > maxBytes ? await expireOldest(deps, destination, bytes - maxBytes) : 0);
}

function seqsOf(rows: readonly { readonly seq: number }[]): readonly number[] {
  return [...new Set(rows.map(({ seq }) => seq))];
}
