import { TextInput } from '@mantine/core';
import { type FormEvent, useId, useState } from 'react';
import { ActProblem } from '#renderer/frame/act-problem.tsx';
import { showToast } from '#renderer/frame/toasts.ts';
import { useCommand } from '#renderer/frame/use-command.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import shared from '#renderer/ui/shared.module.css';

/** Gives the present state a name. */
export function MakeDialog({ onClose, onDone }: { readonly onClose: () => void; readonly onDone: () => void }) {
  const form = useId();
  const [name, setName] = useState('');
  const [reason, setReason] = useState('');
  const { state, isBusy, run } = useCommand();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '' || isBusy) return;
    const end = await run('restorePoint.create', { name: name.trim(), reason: reason.trim() });
    if (!end.ok) return;
    showToast({ id: 'restore', title: `“${name.trim()}” can be brought back from now on` });
    onDone();
    onClose();
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Make a restore point"
      footer={
        <>
          <ActProblem state={state} />
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={form} disabled={name.trim() === ''} isBusy={isBusy}>
            Make it
          </Button>
        </>
      }
    >
      <form id={form} className={shared.stack} onSubmit={(event) => void submit(event)}>
        <p className={shared.muted}>Sources, destinations, settings, plans, redaction, consent, flags and playbooks, as they are now.</p>
        <TextInput
          label="Name"
          placeholder="Before the sale"
          value={name}
          maxLength={100}
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput label="Why (optional)" value={reason} maxLength={500} onChange={(event) => setReason(event.currentTarget.value)} />
      </form>
    </Dialog>
  );
}
