/**
 * Holding limits: a lane that keeps more than its budget, or for longer, loses the oldest of its own. What
 * it loses is counted as expired; other lanes notice nothing.
 */
import type { EventLog, LanePage } from '#gateway/log/event-log.ts';
import type { LaneSpec } from './lane-spec.ts';
import { type Entry, entryOf, type LaneWindow } from './window.ts';

const pageEvents = 1024;
const pageBytes = 4 * 1024 * 1024;
/** Expiring stops this far below the budget, so that it does not run for each new event. */
const settleBelow = 0.95;

interface ExpiryDeps {
  readonly log: EventLog;
  now(): number;
  bug(error: unknown): void;
  /** False after a start or a jump of the clock: nothing expires by age then. */
  mayExpireByAge(): boolean;
}

const running = new WeakSet<LaneWindow>();

/** Share of the budget that a backlog uses, 0..1; the larger of bytes and age. */
export function budgetUsed(
  backlog: { readonly bytes: number; readonly oldestAt: number | null },
  hold: LaneSpec['destination']['hold'],
  now: number,
): number {
  const byAge = backlog.oldestAt === null ? 0 : Math.max(0, now - backlog.oldestAt) / hold.ageMs;
  return Math.min(1, Math.max(backlog.bytes / hold.bytes, byAge));
}

/** Whether a lane is over a budget whose owner would rather refuse new events than lose old ones. */
export function refusesIngest(
  { destination }: LaneSpec,
  backlog: { readonly bytes: number; readonly oldestAt: number | null },
  now: number,
): boolean {
  return destination.hold.onLimit === 'refuseIngest' && budgetUsed(backlog, destination.hold, now) >= 1;
}

/** Ends the oldest unread events as expired until the lane is within its limits. One run at a time. */
export function expireOverdue(
  spec: LaneSpec,
  deps: ExpiryDeps,
  window: LaneWindow,
  expire: (entry: Entry) => void,
  done: () => void,
): void {
  const { hold } = spec.destination;
  if (hold.onLimit !== 'expire' || running.has(window)) return;
  const backlog = deps.log.backlog(spec.id);
  const tooOldBefore = deps.now() - hold.ageMs;
  const isTooOld = backlog.oldestAt !== null && backlog.oldestAt < tooOldBefore && deps.mayExpireByAge();
  const excessBytes = backlog.bytes > hold.bytes ? backlog.bytes - hold.bytes * settleBelow : 0;
  if (!isTooOld && excessBytes === 0) return;
  running.add(window);
  void run(spec.id, deps, window, { excessBytes, tooOldBefore: isTooOld ? tooOldBefore : Number.NEGATIVE_INFINITY }, expire)
    .catch(deps.bug)
    .finally(() => {
      running.delete(window);
      done();
    });
}

async function run(
  destination: string,
  deps: ExpiryDeps,
  window: LaneWindow,
  limits: { excessBytes: number; tooOldBefore: number },
  expire: (entry: Entry) => void,
): Promise<void> {
  let excess = limits.excessBytes;
  for (;;) {
    const after = window.through;
    const page: LanePage = await deps.log.readDisk(destination, after, { events: pageEvents, bytes: pageBytes });
    if (page.through === after || window.through !== after) return;
    const doomed: Entry[] = [];
    let through = page.through;
    for (const record of page.records) {
      if (excess <= 0 && record.receivedAt >= limits.tooOldBefore) {
        through = record.seq - 1;
        break;
      }
      excess -= record.bytes;
      doomed.push(entryOf(record, 'log'));
    }
    window.add(doomed, through);
    for (const entry of doomed) expire(entry);
    if (through < page.through || doomed.length === 0) return;
  }
}
