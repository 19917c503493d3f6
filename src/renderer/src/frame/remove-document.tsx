import type { ReactNode } from 'react';
import { documentOf } from '#renderer/client/documents.ts';
import { ConfirmDialog } from '#renderer/ui/confirm-dialog.tsx';
import { closeOverlay } from './overlays.ts';
import { takeBack } from './saving.ts';
import { showToast } from './toasts.ts';
import { useCommand } from './use-command.ts';

const operations = {
  source: 'source.remove',
  destination: 'destination.remove',
  plan: 'plan.remove',
  redaction: 'redaction.remove',
  consent: 'consent.remove',
} as const;
export type Removable = keyof typeof operations;

/** Kinds of which a removal can be taken back: nothing was settled or closed by it. */
const isRevertible: ReadonlySet<Removable> = new Set(['plan', 'redaction', 'consent']);

/** Removes a document, after its id was typed and a reason given. */
export function RemoveDialog({
  kind,
  id,
  name,
  means,
  onClose,
  onDone,
}: {
  readonly kind: Removable;
  readonly id: string;
  readonly name: string;
  /** What the removal means for events. */
  readonly means: ReactNode;
  readonly onClose: () => void;
  /** After it is removed. */
  readonly onDone?: () => void;
}) {
  const { state, isBusy, run } = useCommand();
  const remove = async (confirm: string, reason: string) => {
    const revision = documentOf(kind, id)?.revision ?? 0;
    const end = await run(operations[kind], { id, confirm, reason, expectedRevision: revision });
    if (!end.ok) return;
    const undo = { label: 'Undo', run: () => void takeBack({ kind, id, toRevision: revision, from: revision + 1, name }) };
    showToast({ id: `remove ${kind} ${id}`, title: `${name} is removed`, undo: isRevertible.has(kind) ? undo : undefined });
    closeOverlay();
    onClose();
    onDone?.();
  };
  const users = state.error?.details?.destinations;
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`Remove ${name}`}
      action={`Remove ${name}`}
      target={id}
      reason="required"
      isBusy={isBusy}
      problem={
        state.error === null
          ? undefined
          : `${state.error.message} ${Array.isArray(users) ? `Used by ${users.join(', ')}.` : state.error.suggestedAction}`
      }
      onConfirm={({ confirm, reason }) => void remove(confirm, reason)}
    >
      <p>{means}</p>
    </ConfirmDialog>
  );
}
