import { type ReactNode, useState } from 'react';
import { documentOf } from '#renderer/client/documents.ts';
import { Button } from '#renderer/ui/button.tsx';
import { ConfirmDialog } from '#renderer/ui/confirm-dialog.tsx';
import type { DraftStore } from './editing/draft-store.ts';
import { closeOverlay } from './overlays.ts';
import { navigate } from './router.ts';
import { takeBack } from './saving.ts';
import { showToast } from './toasts.ts';
import { useCommand } from './use-command.ts';

const operations = {
  source: 'source.remove',
  destination: 'destination.remove',
  plan: 'plan.remove',
  redaction: 'redaction.remove',
  consent: 'consent.remove',
  flag: 'flag.remove',
} as const;
type Removable = keyof typeof operations;

export function isRemovable(kind: string): kind is Removable {
  return Object.hasOwn(operations, kind);
}

/** Kinds of which a removal can be taken back: nothing was settled or closed by it. */
const isRevertible: ReadonlySet<Removable> = new Set(['plan', 'redaction', 'consent', 'flag']);

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
  const { destinations, plans, redactions } = state.error?.details ?? {};
  const users = [destinations, plans, redactions].flatMap((list) => (Array.isArray(list) ? list : []));
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
          : `${state.error.message} ${users.length > 0 ? `Used by ${users.join(', ')}.` : state.error.suggestedAction}`
      }
      onConfirm={({ confirm, reason }) => void remove(confirm, reason)}
    >
      <p>{means}</p>
    </ConfirmDialog>
  );
}

/** The button that asks for the removal of what a page edits; the draft of it goes with it. */
export function RemoveAct({
  drafts,
  back,
  ...rest
}: {
  readonly kind: Removable;
  readonly id: string;
  readonly name: string;
  readonly means: ReactNode;
  readonly drafts: Pick<DraftStore<never>, 'drop'>;
  /** Where to go afterwards. */
  readonly back: string;
}) {
  const [isAsking, setIsAsking] = useState(false);
  const leave = () => {
    drafts.drop(rest.id);
    navigate(back);
  };
  return (
    <>
      <Button size="small" look="quiet" onClick={() => setIsAsking(true)}>
        Remove…
      </Button>
      {isAsking ? <RemoveDialog {...rest} onClose={() => setIsAsking(false)} onDone={leave} /> : null}
    </>
  );
}
