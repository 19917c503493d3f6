/** Restore points and set-ups as operations. */
import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { restorePointCreate, restorePointRemove } from '#contract/operations/restore.ts';
import { ok } from '#contract/result.ts';
import type { HandlersOf } from '../commands/context.ts';
import type { ControlDeps } from '../commands/deps.ts';
import { findLiving } from '../commands/living.ts';
import { reading, readingSteps } from '../commands/reading.ts';
import { revisionOf, runCommand } from '../commands/run-command.ts';
import { bringingHandlers, type RestoreDeps } from './bringing.ts';
import { comparisonOf, pairsBetween, restorableKinds, seqOf } from './compare.ts';
import { exportHandlers } from './exporting.ts';
import { checkRoom, takePoint } from './points.ts';

type RestoreOperation = Extract<keyof Operations, `restorePoint.${string}`>;
export function createRestoreHandlers(deps: RestoreDeps): HandlersOf<RestoreOperation> {
  return { ...pointHandlers(deps), ...exportHandlers(deps), ...bringingHandlers(deps) };
}

function pointHandlers({
  store,
}: ControlDeps): HandlersOf<Exclude<RestoreOperation, 'restorePoint.apply' | 'restorePoint.export' | 'restorePoint.import'>> {
  const list = createLister(store);
  return {
    'restorePoint.create': (input, context) =>
      runCommand(store, input, context, {
        operation: restorePointCreate,
        target: `restore-point/${input.name}`,
        plan() {
          const room = checkRoom(store);
          return room.ok ? ok({ changes: takePoint(store, input.name, false) }) : room;
        },
        answer: (documents) => ({ id: documents[0]?.id ?? '', ...revisionOf(documents) }),
      }),
    'restorePoint.list': () => readingSteps(async () => ({ points: await list() })),
    'restorePoint.diff'({ from, to }) {
      const [first, last] = [seqOf(store, from), seqOf(store, to)];
      if (!first.ok) return first;
      if (!last.ok) return last;
      return reading(() => comparisonOf(store, pairsBetween(store, first.value, last.value)));
    },
    'restorePoint.remove': (input, context) =>
      runCommand(store, input, context, {
        operation: restorePointRemove,
        target: `restore-point/${input.id}`,
        plan() {
          const found = findLiving(store, 'restore-point', input.id);
          return found.ok ? ok({ changes: [{ kind: 'restore-point', id: input.id, value: null }] }) : found;
        },
        answer: revisionOf,
      }),
  };
}

type Listed = OutputOf<Operations['restorePoint.list']>['points'][number];

/** Lists points. How far each is from now is counted once and again when something changed: it may take milliseconds, and there may be hundreds. */
function createLister(store: ControlDeps['store']): () => Promise<Listed[]> {
  const counted = new Map<string, { readonly changes: number; readonly differing: number }>();
  let changes = 0;
  store.watch((documents) => {
    if (documents.some(({ kind }) => restorableKinds.has(kind))) changes++;
  });
  async function differing(id: string, auditSeq: number): Promise<number> {
    const known = counted.get(id);
    if (known?.changes === changes) return known.differing;
    const fresh = { changes, differing: store.countChanged(auditSeq, restorableKinds) };
    counted.set(id, fresh);
    await new Promise((resolve) => setImmediate(resolve));
    return fresh.differing;
  }
  return async () => {
    const points: Listed[] = [];
    const newestFirst = store.list('restore-point').toSorted((a, b) => (b.value?.auditSeq ?? 0) - (a.value?.auditSeq ?? 0));
    for (const { id, value, at, by, reason, revision } of newestFirst) {
      if (value === null) continue;
      const { name, automatic, auditSeq } = value;
      points.push({ id, name, automatic, takenAt: at, by, reason, revision, differing: await differing(id, auditSeq) });
    }
    for (const id of counted.keys()) if (!points.some((point) => point.id === id)) counted.delete(id);
    return points;
  };
}
