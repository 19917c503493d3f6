import { revisionOf } from '#renderer/client/documents.ts';
import { closeOverlay } from '#renderer/frame/overlays.ts';
import { showToast } from '#renderer/frame/toasts.ts';
import { useCommand } from '#renderer/frame/use-command.ts';
import { ConfirmDialog } from '#renderer/ui/confirm-dialog.tsx';

const words = {
  source: {
    operation: 'source.remove',
    means:
      'Whoever still sends with its write key is answered 401. What it sent before stays in the log and the ledger. A destination that names it must let go of it first.',
  },
  destination: {
    operation: 'destination.remove',
    means:
      'Its credential is removed with it. What still waits for it is settled as dropped; its ledger is closed and kept. Its switches stay, so that a stop is never lifted by removing and adding it again.',
  },
} as const;

/** Removes a source or a destination, after its id was typed. */
export function RemoveDialog({
  kind,
  id,
  name,
  onClose,
}: {
  readonly kind: 'source' | 'destination';
  readonly id: string;
  readonly name: string;
  readonly onClose: () => void;
}) {
  const { state, isBusy, run } = useCommand();
  const remove = async (confirm: string, reason: string) => {
    const end = await run(words[kind].operation, { id, confirm, reason, expectedRevision: revisionOf(kind, id) });
    if (!end.ok) return;
    showToast({ id: `remove ${kind} ${id}`, title: `${name} is removed` });
    closeOverlay();
    onClose();
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
      <p>{words[kind].means}</p>
    </ConfirmDialog>
  );
}
