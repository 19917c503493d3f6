import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import type { Environment } from '#contract/desk/operations.ts';
import { currentSession, useDesk } from '#renderer/client/session.ts';
import { Loading } from '#renderer/frame/loading.tsx';
import { Button } from '#renderer/ui/button.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import shared from '#renderer/ui/shared.module.css';
import type { MarkState } from '#renderer/ui/state.ts';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { Tag } from '#renderer/ui/tag.tsx';
import { AddEnvironment, RemoveEnvironment } from './environment-dialogs.tsx';
import classes from './system.module.css';

const linkMarks: Readonly<Record<Environment['link'], MarkState>> = {
  live: 'healthy',
  connecting: 'none',
  offline: 'failing',
  refused: 'failing',
};

const columns: readonly Column<Environment>[] = [
  {
    id: 'name',
    title: 'Environment',
    width: '24%',
    cell: (row) => (
      <span className={classes.row}>
        <span className={classes.two}>
          <span className={classes.name}>{row.name}</span>
          <span className={shared.quiet}>{row.id}</span>
        </span>
        {row.demo ? <Tag look="dashed">demo</Tag> : null}
        {row.id === currentSession().environment ? <Tag look="accent">shown here</Tag> : null}
      </span>
    ),
  },
  { id: 'kind', title: 'Kind', width: '92px', cell: (row) => row.kind },
  {
    id: 'link',
    title: 'Link',
    width: '14%',
    cell: (row) => (
      <span className={classes.linked} title={row.why}>
        <StatusMark state={linkMarks[row.link]} size={10} /> {row.link}
        {row.why === '' ? null : <span className={shared.quiet}> {row.why}</span>}
      </span>
    ),
  },
  {
    id: 'url',
    title: 'Address',
    cell: (row) =>
      row.url === null ? <span className={shared.quiet}>in this console</span> : <span className={classes.mono}>{row.url}</span>,
  },
  {
    id: 'key',
    title: 'Pinned key',
    cell: (row) =>
      row.keyFingerprint === null ? (
        <span className={shared.quiet}>{row.url === null ? 'new at each start' : '–'}</span>
      ) : (
        <span className={`${classes.mono} ${classes.ellipsis}`} title={row.keyFingerprint}>
          {row.keyFingerprint}
        </span>
      ),
  },
];

/** The gateways that this console knows: address, link, and the key that was pinned. */
export function Environments() {
  const environments = useDesk((state) => state.desk?.environments);
  const [isAdding, setIsAdding] = useState(false);
  const [removing, setRemoving] = useState<Environment | null>(null);
  if (environments === undefined) return <Loading rows={3} label="the environments" />;
  const acts: Column<Environment> = {
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
  };
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
        <Table label="Environments" columns={[...columns, acts]} rows={environments} rowKey={(row) => row.id} />
      </Panel>
      {isAdding ? <AddEnvironment onClose={() => setIsAdding(false)} /> : null}
      {removing === null ? null : <RemoveEnvironment environment={removing} onClose={() => setRemoving(null)} />}
    </>
  );
}
