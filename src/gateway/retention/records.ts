/**
 * Records of what has ended, which are documents: erasures, and the replays, drills, rollouts, scheduled changes and runs
 * of playbooks. Those go once they are old enough, so that a console does not get the story of years with its first frame.
 * Their revisions stay, as those of any document; so does the audit.
 */
import type { Document, DocumentKind } from '#contract/documents/document.ts';
import { isActive } from '#contract/documents/rollout.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import { isKind } from '#gateway/control/store/heads.ts';

/** Kept as the proof that somebody was forgotten: with a limit of their own. */
export const erasureKinds = ['erasure'] as const satisfies readonly DocumentKind[];
export const recordKinds = ['replay', 'drill', 'rollout', 'schedule', 'playbook-run'] as const satisfies readonly DocumentKind[];
type RecordKind = (typeof erasureKinds | typeof recordKinds)[number];

/** Epoch ms; null while it goes on. */
function endOf(record: Document<RecordKind>): number | null {
  if (record.value === null) return null;
  if (isKind(record, 'rollout')) return record.value !== null && !isActive(record.value) ? record.value.since : null;
  return 'endedAt' in record.value ? record.value.endedAt : null;
}

function startOf({ value, at }: Document<RecordKind>): number {
  if (value === null) return at;
  if ('requestedAt' in value) return value.requestedAt;
  return 'startedAt' in value ? value.startedAt : at;
}

export interface Records {
  readonly count: number;
  /** Epoch ms at which each of those that are over ended. */
  readonly endedAt: readonly number[];
  /** Epoch ms of the first thing that any of them tells; null where there is none. */
  readonly since: number | null;
}

export function recordsOf(store: DocumentStore, kinds: readonly RecordKind[]): Records {
  const all = kinds.flatMap((kind): readonly Document<RecordKind>[] => store.list(kind)).filter(({ value }) => value !== null);
  return {
    count: all.length,
    endedAt: all.flatMap((record) => endOf(record) ?? []),
    since: all.length === 0 ? null : Math.min(...all.map(startOf)),
  };
}

function endedBefore(store: DocumentStore, kinds: readonly RecordKind[], beforeMs: number) {
  return kinds.flatMap((kind) =>
    store.list(kind).flatMap((record: Document<RecordKind>) => {
      const end = endOf(record);
      return end !== null && end < beforeMs ? [{ kind, id: record.id }] : [];
    }),
  );
}

export const countEnded = (store: DocumentStore, kinds: readonly RecordKind[], beforeMs: number): number =>
  endedBefore(store, kinds, beforeMs).length;

/** Removes the records of what ended before a time. Returns how many. */
export function dropEnded(store: DocumentStore, kinds: readonly RecordKind[], beforeMs: number): number {
  const old = endedBefore(store, kinds, beforeMs);
  for (const { kind, id } of old) {
    const action = kind === 'erasure' ? 'erasure.expired' : 'record.expired';
    const attribution = { by: 'system', action, target: `${kind}/${id}`, reason: 'kept for long enough', commandId: null };
    store.commit([{ kind, id, value: null }], attribution);
  }
  return old.length;
}
