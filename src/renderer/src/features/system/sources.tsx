import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import type { Document } from '#contract/documents/document.ts';
import { useDocuments } from '#renderer/client/documents.ts';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { LiveSourceRate } from '#renderer/streams/live-cells.tsx';
import { Button } from '#renderer/ui/button.tsx';
import { CopyButton, Id } from '#renderer/ui/command-line.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { EmptyState } from '#renderer/ui/placeholders.tsx';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { Tag } from '#renderer/ui/tag.tsx';
import { RemoveDialog } from './remove-dialog.tsx';
import classes from './system.module.css';

type Row = Document<'source'>;

/** The apps that may send: keys, state, rate. */
export function Sources() {
  const rows = useDocuments('source');
  const [removing, setRemoving] = useState<Row | null>(null);
  const columns: readonly Column<Row>[] = [
    {
      id: 'name',
      title: 'Source',
      cell: (row) => (
        <span className={classes.named}>
          <span className={classes.two}>
            <span className={`${classes.name} ${classes.ellipsis}`}>{row.value?.name ?? row.id}</span>
            <span className={`${classes.quiet} ${classes.ellipsis}`}>
              {row.id} · {row.value?.kind === 'json' ? 'plain JSON' : 'Segment'}
            </span>
          </span>
          {row.value?.enabled === false ? <Tag title="Its events are answered 403">off</Tag> : null}
          {row.value?.demo ? <Tag look="dashed">demo</Tag> : null}
          {row.value?.plan === undefined ? null : <Tag>{row.value.plan}</Tag>}
        </span>
      ),
    },
    {
      id: 'key',
      title: 'Write key',
      width: '260px',
      cell: (row) => (
        <span className={classes.copy}>
          <Id value={row.value?.writeKey ?? ''} keep={22} />
          <CopyButton text={row.value?.writeKey ?? ''} label={`Copy the write key of ${row.value?.name ?? row.id}`} />
        </span>
      ),
    },
    {
      id: 'rate',
      title: 'Accepted',
      align: 'end',
      width: '96px',
      cell: (row) => <LiveSourceRate id={row.id} />,
    },
    {
      id: 'acts',
      title: <span className="visually-hidden">Acts</span>,
      align: 'end',
      width: '176px',
      cell: (row) => (
        <span className={classes.acts}>
          <Button
            size="small"
            onClick={() => requestOverlay({ type: 'source', id: row.id })}
            aria-label={`Change ${row.value?.name ?? row.id}`}
          >
            Change…
          </Button>
          <Button size="small" look="quiet" onClick={() => setRemoving(row)} aria-label={`Remove ${row.value?.name ?? row.id}`}>
            Remove…
          </Button>
        </span>
      ),
    },
  ];
  const add = (
    <Button look={rows.length === 0 ? 'primary' : 'plain'} icon={<IconPlus size={14} />} onClick={() => requestOverlay({ type: 'source' })}>
      Add a source…
    </Button>
  );
  if (rows.length === 0) {
    return (
      <EmptyState title="No source yet" action={add}>
        A source is an app that sends events: any Segment SDK with its host set to this gateway, or anything that posts plain JSON.
      </EmptyState>
    );
  }
  return (
    <>
      <Panel title={`Sources · ${rows.length}`} actions={add} isFlush>
        <Table label="Sources" columns={columns} rows={rows} rowKey={(row) => row.id} isFixed />
      </Panel>
      {removing === null ? null : (
        <RemoveDialog kind="source" id={removing.id} name={removing.value?.name ?? removing.id} onClose={() => setRemoving(null)} />
      )}
    </>
  );
}
