/**
 * Taking restore points. A point is a name for the newest audit entry, so taking one costs a row; an automatic one
 * is part of the very commit that it stands before.
 */

import { keptAutomaticPoints, mostNamedPoints, type RestorePoint } from '#contract/documents/restore-point.ts';
import { isRestorable } from '#contract/documents/restoring.ts';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { Change, DocumentStore } from '../document-store.ts';

/** Changes that take a point of what is now; the oldest automatic ones beyond those that are kept go with an automatic one. */
export function takePoint(store: DocumentStore, name: string, automatic: boolean): readonly Change[] {
  const auditSeq = store.headSeq();
  const value: RestorePoint = { name: name.slice(0, 200), automatic, auditSeq };
  // The next entry is the one that it is written with, so no other point has its number.
  return [{ kind: 'restore-point', id: `point-${auditSeq + 1}`, value }, ...(automatic ? tooMany(store) : [])];
}

function tooMany(store: DocumentStore): readonly Change[] {
  const automatic = store
    .list('restore-point')
    .flatMap(({ id, value }) => (value?.automatic ? [{ id, auditSeq: value.auditSeq }] : []))
    .sort((a, b) => b.auditSeq - a.auditSeq);
  return automatic.slice(keptAutomaticPoints - 1).map(({ id }) => ({ kind: 'restore-point', id, value: null }));
}

/** The point before a critical change: none where nothing is changed that could be brought back, or nothing was there yet. */
export function pointBefore(store: DocumentStore, changes: readonly Change[], what: string): readonly Change[] {
  if (store.headSeq() === 0 || !changes.some(({ kind }) => isRestorable(kind))) return [];
  return takePoint(store, `Before: ${what}`, true);
}

/** RESTORE_POINTS_FULL. */
export function checkRoom(store: DocumentStore): Result<void> {
  const named = store.list('restore-point').filter(({ value }) => value?.automatic === false).length;
  return named < mostNamedPoints ? ok(undefined) : err(appError('RESTORE_POINTS_FULL', { kept: mostNamedPoints }));
}
