import { Select, TextInput } from '@mantine/core';
import { type FormEvent, useId, useRef, useState } from 'react';
import type { Environment } from '#contract/desk/operations.ts';
import type { AppError } from '#contract/errors.ts';
import { callDesk } from '#renderer/client/session.ts';
import { slugOf } from '#renderer/frame/slug.ts';
import { showToast } from '#renderer/frame/toasts.ts';
import { Button } from '#renderer/ui/button.tsx';
import { ConfirmDialog } from '#renderer/ui/confirm-dialog.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import shared from '#renderer/ui/shared.module.css';
import classes from './system.module.css';

type Kind = 'staging' | 'production';

export function AddEnvironment({ onClose }: { readonly onClose: () => void }) {
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const [kind, setKind] = useState<Kind>('staging');
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const add = async (name: string, url: string, token: string) => {
    setIsBusy(true);
    setError(null);
    const answer = await callDesk('environment.add', { id: slugOf(name), name, kind, url, token }, { deadlineMs: 120_000 });
    setIsBusy(false);
    if (!answer.ok) return setError(answer.error);
    showToast({ id: 'environment', title: `${name} is added`, body: 'Choose it at the top left.' });
    onClose();
  };
  // The token stays in its input: read once here, then the input is emptied.
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (form.current === null || isBusy) return;
    const data = new FormData(form.current);
    const token = form.current.elements.namedItem('token');
    if (token instanceof HTMLInputElement) token.value = '';
    void add(String(data.get('name') ?? '').trim(), String(data.get('url') ?? '').trim(), String(data.get('token') ?? ''));
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      width={560}
      title="Add an environment"
      footer={
        <>
          {error === null ? null : (
            <span role="alert" className={shared.muted}>
              {error.message} {error.suggestedAction}
            </span>
          )}
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={id} isBusy={isBusy}>
            {isBusy ? 'Answer the question outside this page' : 'Reach it and compare its key'}
          </Button>
        </>
      }
    >
      <form id={id} ref={form} className={shared.stack} autoComplete="off" onSubmit={submit}>
        <EnvironmentFields kind={kind} onKind={setKind} />
        <p className={shared.muted}>
          Sluice reaches the gateway, shows its key outside this page (a dialog of the system, or the terminal it was started from) and pins
          it once you agree. Until then nothing is trusted.
        </p>
      </form>
    </Dialog>
  );
}

function EnvironmentFields({ kind, onKind }: { readonly kind: Kind; readonly onKind: (kind: Kind) => void }) {
  return (
    <div className={shared.two}>
      <TextInput label="Name" name="name" placeholder="EU production" required withAsterisk={false} maxLength={60} data-autofocus />
      <Select
        label="Kind"
        data={['staging', 'production']}
        value={kind}
        allowDeselect={false}
        onChange={(value) => onKind(value === 'production' ? 'production' : 'staging')}
      />
      <TextInput
        className={classes.wide ?? ''}
        label="Control address"
        name="url"
        placeholder="ws://127.0.0.1:8021"
        required
        withAsterisk={false}
      />
      <TextInput
        className={classes.wide ?? ''}
        label="Control token"
        name="token"
        type="password"
        autoComplete="off"
        spellCheck={false}
        required
        withAsterisk={false}
        description="goes to this machine's keychain; it cannot be shown again"
      />
    </div>
  );
}

export function RemoveEnvironment({ environment, onClose }: { readonly environment: Environment; readonly onClose: () => void }) {
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const remove = async () => {
    setIsBusy(true);
    const answer = await callDesk('environment.remove', { id: environment.id }, { deadlineMs: 60_000 });
    setIsBusy(false);
    if (!answer.ok) return setError(answer.error);
    showToast({ id: 'environment', title: `${environment.name} is removed from this console` });
    onClose();
  };
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`Remove ${environment.name}`}
      action={`Remove ${environment.name}`}
      target={environment.id}
      isBusy={isBusy}
      problem={error === null ? undefined : `${error.message} ${error.suggestedAction}`}
      onConfirm={() => void remove()}
    >
      <p>
        This console forgets its address, its token and the credentials it keeps for it. The gateway itself is not touched and goes on
        delivering.
      </p>
    </ConfirmDialog>
  );
}
