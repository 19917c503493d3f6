/**
 * The part of the log's port that backups use. A driver without files has nothing to copy and gives empty lists.
 *
 * An *incarnation* is one line of history. A restore begins a new one: the seqs that follow are given a second
 * time, to other events. So whoever keeps a seq outside the log keeps the incarnation with it.
 */

/** A file that is written while it is copied: to be copied from one snapshot of its own. */
export interface LiveFile {
  /** Path inside the data folder, with `/`. */
  readonly name: string;
  readonly path: string;
}

/** A file that nothing is appended to any more. Erasure may still write it, in place. */
export interface SealedFile extends LiveFile {
  readonly firstSeq: number;
}

export interface LogView {
  /** Last seq in it. */
  readonly head: number;
  readonly incarnation: string;
  /** In seq order; with what was copied of the live files they hold every event up to `head` that is still kept. */
  readonly sealed: readonly SealedFile[];
  /** Lets retention take segments again. Must be called once. */
  release(): void;
}

export interface BackingUp {
  readonly incarnation: string;
  /**
   * Has the live files copied, then closes the open segment. In between no destination is registered or retired, so that
   * the copies fit each other; ingest and settling go on. Until `release`, no segment is unlinked but for want of room
   * (the copier then finds it gone). Rejects with what `copyLive` rejected with, and with AppFailure
   * BACKUP_FAILED where segments went meanwhile.
   */
  takeView(copyLive: (files: readonly LiveFile[]) => Promise<void>): Promise<LogView>;
}
