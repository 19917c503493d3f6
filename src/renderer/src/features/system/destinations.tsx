import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import type { Document } from '#contract/documents/document.ts';
import { useDocuments } from '#renderer/client/documents.ts';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { href } from '#renderer/frame/router.ts';
import { LiveState } from '#renderer/streams/live-cells.tsx';
import { Button } from '#renderer/ui/button.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { EmptyState } from '#renderer/ui/placeholders.tsx';
import { StateLabel } from '#renderer/ui/status-mark.tsx';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { Tag } from '#renderer/ui/tag.tsx';
import { RemoveDialog } from './remove-dialog.tsx';
import classes from './system.module.css';

type Row = Document<'destination'>;

/** How each destination is set up; the board shows how it does. */
export function DestinationsAdmin() {
  const rows = useDocuments('destination');
  const [removing, setRemoving] = useState<Row | null>(null);
  const columns: readonly Column<Row>[] = [
    {
      id: 'name',
      title: 'Destination',
      cell: (row) => (
        <span className={classes.named}>
          <span className={classes.two}>
            <a className={`${classes.name} ${classes.ellipsis}`} href={href(`/destinations/${row.id}`)}>
              {row.value?.name ?? row.id}
            </a>
            <span className={`${classes.quiet} ${classes.ellipsis}`}>
              {row.id} · {row.value?.connector}
            </span>
          </span>
          {row.value?.demo ? <Tag look="dashed">demo</Tag> : null}
        </span>
      ),
    },
    {
      id: 'state',
      title: 'State',
      width: '116px',
      cell: (row) => (row.value?.enabled === false ? <StateLabel state="off" /> : <LiveState id={row.id} />),
    },
    {
      id: 'endpoint',
      title: 'Address',
      cell: (row) =>
        row.value?.endpoint === undefined ? (
          <span className={classes.quiet}>the vendor’s own</span>
        ) : (
          <span className={`${classes.mono} ${classes.ellipsis}`} title={row.value.endpoint}>
            {row.value.endpoint}
          </span>
        ),
    },
    { id: 'takes', title: 'Takes', width: '20%', cell: (row) => <Takes row={row} /> },
    {
      id: 'acts',
      title: <span className="visually-hidden">Acts</span>,
      align: 'end',
      width: '176px',
      cell: (row) => (
        <span className={classes.acts}>
          <Button
            size="small"
            onClick={() => requestOverlay({ type: 'destination', id: row.id })}
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
    <Button
      look={rows.length === 0 ? 'primary' : 'plain'}
      icon={<IconPlus size={14} />}
      onClick={() => requestOverlay({ type: 'destination' })}
    >
      Add a destination…
    </Button>
  );
  if (rows.length === 0) {
    return (
      <EmptyState title="No destination yet" action={add}>
        A destination is a vendor that events are delivered to: which connector, which address, which events, how hard it may be driven.
      </EmptyState>
    );
  }
  return (
    <>
      <Panel title={`Destinations · ${rows.length}`} actions={add} isFlush>
        <div className={classes.destinations}>
          <Table label="Destinations" columns={columns} rows={rows} rowKey={(row) => row.id} isFixed />
        </div>
      </Panel>
      {removing === null ? null : (
        <RemoveDialog kind="destination" id={removing.id} name={removing.value?.name ?? removing.id} onClose={() => setRemoving(null)} />
      )}
    </>
  );
}

function Takes({ row }: { readonly row: Row }) {
  const sources = row.value?.sources ?? [];
  const events = row.value?.events ?? [];
  if (sources.length === 0 && events.length === 0) return <span className={classes.quiet}>everything</span>;
  return (
    <span className={classes.ellipsis} title={[...sources, ...events].join(', ')}>
      {events.length === 0 ? 'all events' : events.join(', ')} of {sources.length === 0 ? 'all sources' : sources.join(', ')}
    </span>
  );
}
