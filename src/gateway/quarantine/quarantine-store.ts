/**
 * The half of the quarantine that has the file: `quarantine.db`, in a worker, so that a flood of bad events stalls
 * nobody else's. Loads no schema library. Every change is one transaction, synced when it returns.
 *
 * Q1, per source: quarantined = held + released + discarded + expired.
 */
import type { Violation } from '#contract/operations/pipeline.ts';
import {
  type Choice,
  chosen,
  columns,
  type Held,
  type HeldTable,
  type NewHeld,
  openHeldTable,
  type QuarantineLimits,
} from './held-table.ts';
import { createKeepingOps, type KeepingOps } from './keeping.ts';
import { createPersonalOps, type PersonalOps } from './personal.ts';

export interface QuarantineTotals {
  readonly quarantined: number;
  readonly held: number;
  readonly bytes: number;
  readonly released: number;
  readonly discarded: number;
  readonly expired: number;
}

/** What held events are counted by. */
export type Grouping = 'event' | 'plan' | 'violation';

export interface HeldGroup {
  /** By event. */
  readonly source?: string;
  readonly event?: string;
  /** By plan. */
  readonly plan?: string;
  /** By violation: an event is in the group of each of its own. */
  readonly violation?: Violation;
  readonly events: number;
  readonly oldestAt: number;
}

export interface QuarantineOps extends PersonalOps, KeepingOps {
  open(input: { readonly file: string; readonly limits: QuarantineLimits }): void;
  /** Of a message id that is held already, the first stays. Over a limit, the oldest expire. */
  put(input: { readonly events: readonly NewHeld[] }): { readonly stored: readonly boolean[] };
  list(input: { readonly choice: Choice; readonly afterId: number; readonly limit: number }): readonly Held[];
  groups(input: { readonly by: Grouping }): readonly HeldGroup[];
  totals(input: null): QuarantineTotals;
  /** Marks events as on their way into the log: nothing else may take them until `settle`. */
  claim(input: { readonly choice: Choice; readonly afterId: number; readonly limit: number }): readonly Held[];
  /** Ends a claim: released ones go, kept ones stay with today's violations. */
  settle(input: {
    readonly released: readonly number[];
    readonly kept: readonly { readonly id: number; readonly plan: string; readonly revision: number; readonly violations: string }[];
  }): void;
  /** Claims that a former process did not settle. */
  unsettled(input: null): readonly Held[];
  /** How many may be chosen so now. */
  count(input: { readonly choice: Choice }): number;
  discard(input: { readonly choice: Choice }): number;
  /** Ends what was received before; answers how many. */
  expire(input: { readonly beforeMs: number; readonly limits: QuarantineLimits }): number;
  close(input: null): void;
}

const counted = 'count(*) AS events, min(receivedAt) AS oldestAt';
const groups: Readonly<Record<Grouping, string>> = {
  event: `SELECT source, name AS event, ${counted} FROM held GROUP BY source, name ORDER BY events DESC, oldestAt LIMIT 200`,
  plan: `SELECT plan, ${counted} FROM held GROUP BY plan ORDER BY events DESC, oldestAt LIMIT 200`,
  violation: `SELECT value ->> 'path' AS path, value ->> 'message' AS message, ${counted} FROM held, json_each(violations)
    GROUP BY path, message ORDER BY events DESC, oldestAt LIMIT 200`,
};
const totals =
  'SELECT coalesce(sum(quarantined), 0) AS quarantined, coalesce(sum(released), 0) AS released, coalesce(sum(discarded), 0) AS discarded, coalesce(sum(expired), 0) AS expired FROM ended';

export function createQuarantineStore(): QuarantineOps {
  let opened: HeldTable | null = null;
  let limits: QuarantineLimits = { maxEvents: 0, maxBytes: 0 };
  const table = (): HeldTable => {
    if (opened === null) throw new Error('quarantine.db is not open');
    return opened;
  };

  return {
    open(input) {
      limits = input.limits;
      opened = openHeldTable(input.file);
    },
    put: ({ events }) =>
      table().transaction(() => {
        const stored = events.map(table().insert);
        table().expireOldest(limits);
        return { stored };
      }),
    list: ({ choice, afterId, limit }) => table().list(choice, afterId, limit),
    groups: ({ by }) =>
      by === 'violation'
        ? table()
            .rows<Violation & { events: number; oldestAt: number }>(groups.violation)
            .map(({ path, message, ...rest }) => ({ violation: { path, message }, ...rest }))
        : table().rows<HeldGroup>(groups[by]),
    totals() {
      const [ended] = table().rows<Omit<QuarantineTotals, 'held' | 'bytes'>>(totals);
      const { events, bytes } = table().size();
      return { quarantined: 0, released: 0, discarded: 0, expired: 0, ...ended, held: events, bytes };
    },
    claim: ({ choice, afterId, limit }) =>
      table().transaction(() => {
        const claimed = table().list(choice, afterId, limit);
        for (const { id } of claimed) table().rows('UPDATE held SET claimed = 1 WHERE id = ?', id);
        return claimed;
      }),
    settle: ({ released, kept }) =>
      table().transaction(() => {
        const gone = released.map((id) => ({ id }));
        table().end(gone, 'released');
        for (const { id, plan, revision, violations } of kept)
          table().rows('UPDATE held SET claimed = 0, plan = ?, revision = ?, violations = ? WHERE id = ?', plan, revision, violations, id);
      }),
    unsettled: () => table().rows<Held>(`SELECT ${columns} FROM held WHERE claimed = 1 ORDER BY id`),
    count({ choice }) {
      const { where, values } = chosen(choice);
      return table().rows<{ events: number }>(`SELECT count(*) AS events FROM held WHERE ${where}`, ...values)[0]?.events ?? 0;
    },
    discard: ({ choice }) =>
      table().transaction(() => {
        const { where, values } = chosen(choice);
        return table().end(table().rows<{ id: number }>(`SELECT id FROM held WHERE ${where}`, ...values), 'discarded');
      }),
    expire: (input) =>
      table().transaction(() => {
        limits = input.limits;
        const old = table().rows<{ id: number }>('SELECT id FROM held WHERE receivedAt < ? AND claimed = 0', input.beforeMs);
        return table().end(old, 'expired') + table().expireOldest(limits);
      }),
    ...createPersonalOps(table),
    ...createKeepingOps(table),
    close() {
      opened?.close();
      opened = null;
    },
  };
}
