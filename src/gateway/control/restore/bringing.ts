/** Bringing back a restore point, and importing a set-up: the same, but for where the documents come from. */
import type { Document } from '#contract/documents/document.ts';
import type { Operation, ParsedInputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { type Applied, restorePointApply, restorePointImport } from '#contract/operations/restore.ts';
import type { BlastRadius } from '#contract/operations/switches.ts';
import { ok, type Result } from '#contract/result.ts';
import type { CallContext } from '#contract/service.ts';
import type { HandlersOf } from '../commands/context.ts';
import type { ControlDeps } from '../commands/deps.ts';
import { findLiving } from '../commands/living.ts';
import { compileInSteps } from '../commands/plans.ts';
import { reading } from '../commands/reading.ts';
import { runCommand } from '../commands/run-command.ts';
import { canonicalJson } from '../store/canonical.ts';
import { isKind } from '../store/heads.ts';
import { type BringBack, planBringBack } from './bring-back.ts';
import { comparisonOf, type Pair, pairsBetween } from './compare.ts';
import { type ReadSetup, readSetup } from './read-setup.ts';

export interface RestoreDeps extends ControlDeps {
  /** What goes on at destinations now; those that have no lane are left out. */
  readonly radius: (destinations: readonly string[]) => Promise<BlastRadius>;
}

type Input = Pick<ParsedInputOf<Operations['restorePoint.apply']>, 'reason' | 'dryRun' | 'documents' | 'seenSeq' | 'confirm'>;

interface Bringing {
  readonly operation: Operation;
  readonly target: string;
  readonly about: string;
  /** What must be typed. */
  readonly confirm: string;
  /** From now to what is brought back. */
  readonly pairs: () => Result<readonly Pair[]>;
}

export function bringingHandlers(deps: RestoreDeps): HandlersOf<'restorePoint.apply' | 'restorePoint.import'> {
  const { store, vault } = deps;
  return {
    'restorePoint.apply'(input, context) {
      const found = findLiving(store, 'restore-point', input.id);
      const named = found.ok && !found.value.value.automatic ? found.value.value.name : input.id;
      return bringBack(deps, input, context, {
        operation: restorePointApply,
        target: `restore-point/${input.id}`,
        about: named,
        confirm: named,
        pairs: () => (found.ok ? reading(() => pairsBetween(store, store.headSeq(), found.value.value.auditSeq)) : found),
      });
    },

    async 'restorePoint.import'(input, context) {
      const setup = readSetup(input.text, input.leaveOut, store);
      const applied = await bringBack(deps, input, context, {
        operation: restorePointImport,
        target: 'set-up',
        about: setup.ok ? `from ${setup.value.environment}` : '',
        confirm: vault.environment(),
        pairs: () => (setup.ok ? ok(pairsOf(deps, setup.value)) : setup),
      });
      if (!applied.ok || !setup.ok) return applied.ok ? ok({ ...applied.value, from: '', exportedAt: '' }) : applied;
      const { environment: from, exportedAt, credentials } = setup.value;
      const isChosen = (destination: string) =>
        input.documents === undefined || input.documents.some(({ kind, id }) => kind === 'destination' && id === destination);
      const needed = credentials
        .filter(({ destination }) => isChosen(destination) && !findLiving(store, 'credential', destination).ok)
        .map(({ destination }) => ({ destination, needs: null, has: null }));
      return ok({ ...applied.value, comparison: { ...applied.value.comparison, credentials: needed }, from, exportedAt });
    },
  };
}

function pairsOf({ store }: ControlDeps, setup: ReadSetup): readonly Pair[] {
  return setup.documents.flatMap((to) => {
    const head = store.get(to.kind, to.id);
    const from = head === null || head.value === null ? null : head;
    return from !== null && canonicalJson(from.value) === canonicalJson(to.value) ? [] : [{ kind: to.kind, id: to.id, from, to }];
  });
}

async function bringBack(deps: RestoreDeps, input: Input, context: CallContext, bringing: Bringing): Promise<Result<Applied>> {
  const { store, schemas } = deps;
  const { operation, target, about } = bringing;
  // Looked at once before, for what takes time; what is written is planned again in the turn that writes it.
  const pairs = bringing.pairs();
  for (const { to } of pairs.ok ? pairs.value : [])
    if (to !== null && isKind(to, 'plan') && to.value !== null) await compileInSteps(to.value, schemas);
  const first = pairs.ok ? planBringBack(deps, pairs.value, input) : pairs;
  const seen: BringBack = first.ok ? first.value : { pairs: [], changes: [] };
  const radius = await deps.radius([
    ...new Set(seen.pairs.flatMap(({ kind, id }) => (kind === 'destination' || kind === 'consent' ? [id] : []))),
  ]);
  const comparison = reading(() => comparisonOf(store, seen.pairs));
  if (!comparison.ok) return comparison;
  return runCommand(store, input, context, {
    operation,
    target,
    about,
    confirm: { expected: bringing.confirm, typed: input.confirm },
    plan() {
      const now = bringing.pairs();
      const plan = now.ok ? planBringBack(deps, now.value, { ...input, seenSeq: input.seenSeq ?? comparison.value.seq }) : now;
      return plan.ok ? ok({ changes: plan.value.changes }) : plan;
    },
    answer: (documents) => ({
      ...undoOf(documents),
      comparison: comparison.value,
      radius,
      removedDestinations: seen.changes.flatMap(({ kind, id, value }) => (kind === 'destination' && value === null ? [id] : [])),
      written: documents.filter(({ kind }) => kind !== 'restore-point').length,
    }),
  });
}

/** The point that was written along, and the entry: it is the one after the last that belongs to the point. */
function undoOf(documents: readonly Document[]): Pick<Applied, 'undo' | 'writtenSeq'> {
  const point = documents.find(
    (document): document is Document<'restore-point'> => isKind(document, 'restore-point') && document.value !== null,
  );
  return point === undefined || point.value === null
    ? { undo: null, writtenSeq: null }
    : { undo: point.id, writtenSeq: point.value.auditSeq + 1 };
}
