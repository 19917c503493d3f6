import type { Document } from '#contract/documents/document.ts';
import { LiveSourceRate } from '#renderer/streams/live-cells.tsx';
import { CopyButton, Id } from '#renderer/ui/command-line.tsx';
import type { Column } from '#renderer/ui/table.tsx';
import { Tag } from '#renderer/ui/tag.tsx';
import { DocumentTable, NameCell } from './document-table.tsx';
import classes from './system.module.css';

type Row = Document<'source'>;

const columns: readonly Column<Row>[] = [
  { id: 'name', title: 'Source', cell: (row) => <SourceName row={row} /> },
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
  { id: 'rate', title: 'Accepted', align: 'end', width: '96px', cell: (row) => <LiveSourceRate id={row.id} /> },
];

/** The apps that may send: keys, state, rate. */
export function Sources() {
  return (
    <DocumentTable
      kind="source"
      columns={columns}
      meaning="A source is an app that sends events: any Segment SDK with its host set to this gateway, or anything that posts plain JSON."
    />
  );
}

function SourceName({ row: { id, value } }: { readonly row: Row }) {
  return (
    <NameCell
      name={<span className={`${classes.name} ${classes.ellipsis}`}>{value?.name ?? id}</span>}
      detail={`${id} · ${value?.kind === 'json' ? 'plain JSON' : 'Segment'}`}
    >
      {value?.enabled === false ? <Tag title="Its events are answered 403">off</Tag> : null}
      {value?.demo ? <Tag look="dashed">demo</Tag> : null}
      {value?.plan === undefined ? null : <Tag>{value.plan}</Tag>}
    </NameCell>
  );
}
