import type { Document } from '#contract/documents/document.ts';
import { href } from '#renderer/frame/router.ts';
import { LiveState } from '#renderer/streams/live-cells.tsx';
import shared from '#renderer/ui/shared.module.css';
import { StateLabel } from '#renderer/ui/status-mark.tsx';
import type { Column } from '#renderer/ui/table.tsx';
import { Tag } from '#renderer/ui/tag.tsx';
import { DocumentTable, NameCell } from './document-table.tsx';
import classes from './system.module.css';

type Row = Document<'destination'>;

const columns: readonly Column<Row>[] = [
  { id: 'name', title: 'Destination', cell: (row) => <DestinationName row={row} /> },
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
        <span className={shared.quiet}>the vendor’s own</span>
      ) : (
        <span className={`${classes.mono} ${classes.ellipsis}`} title={row.value.endpoint}>
          {row.value.endpoint}
        </span>
      ),
  },
  { id: 'takes', title: 'Takes', width: '20%', cell: (row) => <Takes row={row} /> },
];

/** How each destination is set up; the board shows how it does. */
export function DestinationsAdmin() {
  return (
    <DocumentTable
      kind="destination"
      columns={columns}
      className={classes.destinations}
      meaning="A destination is a vendor that events are delivered to: which connector, which address, which events, how hard it may be driven."
    />
  );
}

function DestinationName({ row: { id, value } }: { readonly row: Row }) {
  const link = (
    <a className={`${classes.name} ${classes.ellipsis}`} href={href(`/destinations/${id}`)}>
      {value?.name ?? id}
    </a>
  );
  return (
    <NameCell name={link} detail={`${id} · ${value?.connector}`}>
      {value?.demo ? <Tag look="dashed">demo</Tag> : null}
    </NameCell>
  );
}

function Takes({ row }: { readonly row: Row }) {
  const sources = row.value?.sources ?? [];
  const events = row.value?.events ?? [];
  if (sources.length === 0 && events.length === 0) return <span className={shared.quiet}>everything</span>;
  return (
    <span className={classes.ellipsis} title={[...sources, ...events].join(', ')}>
      {events.length === 0 ? 'all events' : events.join(', ')} of {sources.length === 0 ? 'all sources' : sources.join(', ')}
    </span>
  );
}
