import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { showToast } from '#renderer/frame/toasts.ts';
import { useCommand } from '#renderer/frame/use-command.ts';
import { ConfirmDialog } from '#renderer/ui/confirm-dialog.tsx';
import { longestId } from './policy.ts';

/** Lifts a person's suppression. A hash does not name a person, so the id has to be given. */
export function LiftDialog({
  person,
  onClose,
  onDone,
}: {
  /** Null: it is typed in. */
  readonly person: string | null;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const [text, setText] = useState('');
  const { state, isBusy, run } = useCommand();
  const id = person ?? text.trim();
  const lift = async (reason: string) => {
    if (id === '') return;
    const end = await run('suppression.remove', { person: id, reason });
    if (!end.ok) return;
    const isLifted = end.value?.removed !== 0;
    showToast({
      id: 'suppression',
      title: isLifted ? 'The suppression is lifted' : 'Nobody with that id was suppressed',
      body: isLifted
        ? 'Their events are stored and sent again from now on. What came meanwhile stays without content.'
        : 'Nothing was changed.',
    });
    onDone();
    onClose();
  };
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title="Lift a suppression"
      action="Lift the suppression"
      reason="required"
      isBusy={isBusy}
      problem={state.error === null ? undefined : `${state.error.message} ${state.error.suggestedAction}`}
      onConfirm={({ reason }) => void lift(reason)}
    >
      <p>
        Events of this person are stored and sent again from now on. Do this only where the person asked for it. The reason must not name
        them.
      </p>
      {person === null ? (
        <TextInput
          label="User id or anonymous id"
          value={text}
          maxLength={longestId}
          autoComplete="off"
          spellCheck={false}
          required
          onChange={(event) => setText(event.currentTarget.value)}
        />
      ) : null}
    </ConfirmDialog>
  );
}
