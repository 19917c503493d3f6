/** The quarantine's side of exporting and erasing a person: found by what held events say, erased as discarded. */

import { createMatcher, type PeopleMatch } from '#gateway/log/person-match.ts';
import { StoreFailure } from '#gateway/log/sqlite/store-failure.ts';
import { createPersonKeys } from '#gateway/pipeline/person-key.ts';
import { columns, type Held, type HeldTable } from './held-table.ts';

/** Held events looked at in one step. */
const scanned = 2000;
/** Held events answered in one step, about. */
const sliceBytes = 1024 * 1024;

export interface PersonalSlice {
  readonly held: readonly Held[];
  /** Id of the last one looked at. */
  readonly through: number;
  readonly isOver: boolean;
}

export interface PersonalErased {
  readonly erased: number;
  /** Theirs, but on their way into the log: to be asked for again. */
  readonly claimed: number;
  readonly through: number;
  readonly isOver: boolean;
}

export interface PersonalOps {
  personal(input: { readonly match: PeopleMatch; readonly afterId: number }): PersonalSlice;
  erasePersonal(input: { readonly match: PeopleMatch; readonly afterId: number }): PersonalErased;
  /** What was erased or ended is in the file and its WAL no more. Throws INGEST_STORE_FAILED while somebody reads. */
  leaveNoTrace(input: null): void;
}

type HeldRow = Held & { readonly claimed: number };

export function createPersonalOps(table: () => HeldTable): PersonalOps {
  function look({ key, people }: PeopleMatch, afterId: number) {
    const isTheirs = createMatcher(createPersonKeys(key), people);
    const rows = table().rows<HeldRow>(`SELECT ${columns}, claimed FROM held WHERE id > ? ORDER BY id LIMIT ?`, afterId, scanned);
    const found = rows.filter(({ body, receivedAt }) => isTheirs(JSON.parse(body), receivedAt));
    return { found, through: rows.at(-1)?.id ?? afterId, isOver: rows.length < scanned };
  }
  return {
    personal({ match, afterId }) {
      const { found, ...slice } = look(match, afterId);
      const held: Held[] = [];
      let bytes = 0;
      for (const { claimed: _claimed, ...row } of found) {
        held.push(row);
        bytes += row.body.length;
        if (bytes >= sliceBytes && held.length < found.length) return { held, through: row.id, isOver: false };
      }
      return { held, ...slice };
    },
    erasePersonal: ({ match, afterId }) =>
      table().transaction(() => {
        const { found, ...slice } = look(match, afterId);
        const free = found.filter(({ claimed }) => claimed === 0);
        return { erased: table().end(free, 'discarded'), claimed: found.length - free.length, ...slice };
      }),
    leaveNoTrace() {
      // Deleted rows are overwritten, but not every copy that SQLite made of one while it moved its neighbours about.
      table().writeAnew();
      const [row] = table().rows<{ busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)');
      if (row?.busy !== 0) throw new StoreFailure('INGEST_STORE_FAILED', { cause: 'the WAL of quarantine.db is in use' });
    },
  };
}
