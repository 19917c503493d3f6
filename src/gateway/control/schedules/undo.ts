/** What puts back the documents that a scheduled command wrote. */
import { diffValues } from '#contract/documents/diff.ts';
import { documentKindSchema } from '#contract/documents/document.ts';
import type { Schedule } from '#contract/documents/schedule.ts';
import type { DocumentStore } from '../document-store.ts';

/** One command of the putting back. */
export interface Undoing {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly commandId: string;
}

export type UndoPlan =
  | { readonly ok: true; readonly steps: readonly Undoing[] }
  /** Why nothing is put back, in words. */
  | { readonly ok: false; readonly why: string };

/**
 * All of it, or nothing: where somebody changed one of the documents since, none is touched. A document that is
 * already as it was, or that this putting back wrote before a crash, needs no step.
 */
export function planUndo(store: DocumentStore, { covered }: Schedule, commandIdOf: (index: number) => string): UndoPlan {
  const steps: Undoing[] = [];
  const changed: string[] = [];
  for (const [index, { kind: kindText, id, before, after }] of [...covered.entries()].reverse()) {
    const commandId = commandIdOf(index);
    if (store.outcome(commandId) !== null) continue;
    const kind = documentKindSchema.parse(kindText);
    const head = store.get(kind, id);
    const old = before === 0 ? null : (store.revision(kind, id, before)?.value ?? null);
    if (diffValues(head?.value ?? null, old).length === 0) continue;
    if (head !== null && head.revision !== after) {
      changed.push(`${head.by} changed ${kind} ${id} since (revision ${head.revision})`);
      continue;
    }
    steps.push({
      ...(old === null
        ? { operation: `${kind}.remove`, input: { id, confirm: id, expectedRevision: after } }
        : { operation: 'document.revert', input: { kind, id, toRevision: before, expectedRevision: after } }),
      commandId,
    });
  }
  return changed.length > 0 ? { ok: false, why: `${changed.join('; ')}. It stays as it is.` } : { ok: true, steps };
}
