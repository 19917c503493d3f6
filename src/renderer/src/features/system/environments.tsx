import { Select, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { type FormEvent, useId, useRef, useState } from 'react';
import type { Environment } from '#contract/desk/operations.ts';
import type { AppError } from '#contract/errors.ts';
import { callDesk, currentSession, useDesk } from '#renderer/client/session.ts';
import { showToast } from '#renderer/frame/toasts.ts';
import { Button } from '#renderer/ui/button.tsx';
import { ConfirmDialog } from '#renderer/ui/confirm-dialog.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { Skeleton } from '#renderer/ui/placeholders.tsx';
import type { MarkState } from '#renderer/ui/state.ts';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { Tag } from '#renderer/ui/tag.tsx';
import { slugOf } from './slug.ts';
import classes from './system.module.css';

const linkMarks: Readonly<Record<Environment['link'], MarkState>> = {
  live: 'healthy',
  connecting: 'none',
  offline: 'failing',
  refused: 'failing',
};

/** The gateways that this console knows: address, link, and the key that was pinned. */
export function Environments() {
  const environments = useDesk((state) => state.desk?.environments);
  const [isAdding, setIsAdding] = useState(false);
  const [removing, setRemoving] = useState<Environment | null>(null);
  if (environments === undefined) return <Skeleton rows={3} label="Loading the environments" />;
  const here = currentSession().environment;
  const columns: readonly Column<Environment>[] = [
    {
      id: 'name',
      title: 'Environment',
      cell: (row) => (
        <span className={classes.row}>
          <span className={classes.two}>
            <span className={classes.name}>{row.name}</span>
            <span className={classes.quiet}>{row.id}</span>
          </span>
          {row.demo ? <Tag look="dashed">demo</Tag> : null}
          {row.id === here ? <Tag look="accent">shown here</Tag> : null}
        </span>
      ),
    },
    { id: 'kind', title: 'Kind', width: '100px', cell: (row) => row.kind },
    {
      id: 'link',
      title: 'Link',
      width: '22%',
      cell: (row) => (
        <span className={classes.linked} title={row.why}>
          <StatusMark state={linkMarks[row.link]} size={10} /> {row.link}
          {row.why === '' ? null : <span className={classes.quiet}> {row.why}</span>}
        </span>
      ),
    },
    {
      id: 'url',
      title: 'Address',
      cell: (row) =>
        row.url === null ? <span className={classes.quiet}>in this console</span> : <span className={classes.mono}>{row.url}</span>,
    },
    {
      id: 'key',
      title: 'Pinned key',
      cell: (row) =>
        row.keyFingerprint === null ? (
          <span className={classes.quiet}>{row.url === null ? 'new at each start' : '–'}</span>
        ) : (
          <span className={`${classes.mono} ${classes.ellipsis}`} title={row.keyFingerprint}>
            {row.keyFingerprint}
          </span>
        ),
    },
    {
      id: 'acts',
      title: <span className="visually-hidden">Acts</span>,
      align: 'end',
      width: '96px',
      cell: (row) =>
        row.kind === 'embedded' ? null : (
          <Button size="small" look="quiet" onClick={() => setRemoving(row)} aria-label={`Remove ${row.name}`}>
            Remove…
          </Button>
        ),
    },
  ];
  return (
    <>
      <Panel
        title={`Environments · ${environments.length}`}
        note="a credential is sealed to the key that was pinned here"
        actions={
          <Button icon={<IconPlus size={14} />} onClick={() => setIsAdding(true)}>
            Add an environment…
          </Button>
        }
        isFlush
      >
        <Table label="Environments" columns={columns} rows={environments} rowKey={(row) => row.id} />
      </Panel>
      {isAdding ? <AddEnvironment onClose={() => setIsAdding(false)} /> : null}
      {removing === null ? null : <RemoveEnvironment environment={removing} onClose={() => setRemoving(null)} />}
    </>
  );
}

function AddEnvironment({ onClose }: { readonly onClose: () => void }) {
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const [kind, setKind] = useState<'staging' | 'production'>('staging');
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
            <span role="alert" className={classes.text}>
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
      <form id={id} ref={form} className={classes.stack} autoComplete="off" onSubmit={submit}>
        <div className={classes.grid}>
          <TextInput label="Name" name="name" placeholder="EU production" required withAsterisk={false} maxLength={60} data-autofocus />
          <Select
            label="Kind"
            data={['staging', 'production']}
            value={kind}
            allowDeselect={false}
            onChange={(value) => setKind(value === 'production' ? 'production' : 'staging')}
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
        <p className={classes.text}>
          Sluice reaches the gateway, shows its key outside this page (a dialog of the system, or the terminal it was started from) and pins
          it once you agree. Until then nothing is trusted.
        </p>
      </form>
    </Dialog>
  );
}

function RemoveEnvironment({ environment, onClose }: { readonly environment: Environment; readonly onClose: () => void }) {
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
