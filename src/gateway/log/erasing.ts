/**
 * The part of the log's port that knows people: finds what is stored of them, hands it out, erases it.
 *
 * An event belongs to a person who is its userId, anonymousId or previousId. Erasing leaves seq, arrival, route, type
 * and size, so every ledger still adds up; ids and content are gone from the files, their WALs and the tail. A resent
 * event is still recognised as a duplicate, by the hash of its id. What lanes owe of erased events is theirs to end
 * (`obligations`): one that nobody ends reads as an event marked suppressed.
 */
import type { SideRow } from './event-log.ts';
import type { PeopleMatch } from './person-match.ts';

/** One event of a person, as it is stored. */
export interface PersonalEvent {
  readonly seq: number;
  readonly source: string;
  /** Epoch ms. */
  readonly receivedAt: number;
  /** What was sent, as JSON, with what its batch said for all. */
  readonly json: string;
}

export interface PersonalPage {
  /** In seq order. */
  readonly events: readonly PersonalEvent[];
  /** Everything up to here was looked at. */
  readonly through: number;
  /** Nothing comes after. */
  readonly isOver: boolean;
}

export interface Erased {
  /** Events erased, those included whose segment is gone and that a side row or held bit kept. */
  readonly events: number;
}

export interface Obligations {
  readonly rows: readonly SideRow[];
  /** Seqs. */
  readonly held: readonly number[];
}

export interface Erasing {
  /** Resolves when every append so far has its answer: what came later was decided on later, too. */
  whenAppended(): Promise<void>;
  /** Events of people after a seq: about a second's work, or 1 MB of them. */
  personalEvents(match: PeopleMatch, afterSeq: number): Promise<PersonalPage>;
  /**
   * Erases what `personalEvents` would find. May take minutes; lanes and ingest go on meanwhile. May be repeated, and
   * must be where it threw: INGEST_DISK_FULL, INGEST_STORE_FAILED, DATA_CORRUPT as AppFailure.
   */
  erase(match: PeopleMatch): Promise<Erased>;
  /** Side rows and held bits of a destination for these seqs, whatever their gen. At most 10,000 seqs. */
  obligations(destination: string, seqs: readonly number[]): Promise<Obligations>;
}
