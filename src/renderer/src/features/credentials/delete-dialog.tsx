import { useState } from 'react';
import type { AppError } from '#contract/errors.ts';
import { useDestinationName } from '#renderer/client/documents.ts';
import { callDesk, currentSession } from '#renderer/client/session.ts';
import { showToast } from '#renderer/frame/toasts.ts';
import { ConfirmDialog } from '#renderer/ui/confirm-dialog.tsx';

/** Deletes a credential from the keychain and the gateway, after its destination's name was typed. */
export function DeleteDialog({
  destination,
  onClose,
  onDone,
}: {
  readonly destination: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const name = useDestinationName(destination);
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const remove = async (confirm: string, reason: string) => {
    setIsBusy(true);
    const answer = await callDesk(
      'credential.delete',
      { environment: currentSession().environment, destination, confirm, reason },
      { deadlineMs: 60_000 },
    );
    setIsBusy(false);
    if (!answer.ok) return setError(answer.error);
    showToast({
      id: `credential ${destination}`,
      state: 'held',
      title: `The credential of ${name} is deleted`,
      body: 'The destination is held; its events wait.',
    });
    onDone();
    onClose();
  };
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`Delete the credential of ${name}`}
      action="Delete credential"
      target={destination}
      reason="required"
      isBusy={isBusy}
      problem={error === null ? undefined : `${error.message} ${error.suggestedAction}`}
      onConfirm={({ confirm, reason }) => void remove(confirm, reason)}
    >
      <p>
        It is deleted from this machine's keychain and from the gateway, for good. {name} is held at once and its events wait until another
        credential is added. The vendor still accepts it: revoke it there, too.
      </p>
    </ConfirmDialog>
  );
}
