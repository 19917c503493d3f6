import { useState } from 'react';
import type { Document } from '#contract/documents/document.ts';
import { useDocuments } from '#renderer/client/documents.ts';
import { LiveMark } from '#renderer/streams/live-cells.tsx';
import { Button } from '#renderer/ui/button.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { counted } from '#renderer/ui/quantity.ts';
import shared from '#renderer/ui/shared.module.css';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { AllowListDialog } from './allow-list-dialog.tsx';
import classes from './redaction.module.css';

type Row = Document<'destination'>;

/** What each destination may get of an event: all of it, or the fields on its list. */
export function AllowLists() {
  const rows = useDocuments('destination');
  const [editing, setEditing] = useState<Row | null>(null);
  const limited = rows.filter(({ value }) => value?.fields !== undefined).length;
  const columns: readonly Column<Row>[] = [
    {
      id: 'name',
      title: 'Destination',
      width: '34%',
      cell: ({ id, value }) => (
        <span className={shared.named}>
          <LiveMark id={id} />
          <span className={classes.name}>{value?.name ?? id}</span>
        </span>
      ),
    },
    {
      id: 'fields',
      title: 'Gets',
      cell: ({ value }) =>
        value?.fields === undefined ? (
          <span className={shared.quiet}>every field</span>
        ) : value.fields.length === 0 ? (
          'no field: name, ids and times only'
        ) : (
          <span className={shared.cut} title={value.fields.join('\n')}>
            <span className={shared.quiet}>{counted(value.fields.length, 'field')} </span>
            <code>{value.fields.map((field) => field.replace(/^\$\./, '')).join(', ')}</code>
          </span>
        ),
    },
    {
      id: 'acts',
      title: <span className="visually-hidden">Acts</span>,
      align: 'end',
      width: '104px',
      cell: (row) => (
        <Button size="small" aria-label={`Change what ${row.value?.name ?? row.id} gets`} onClick={() => setEditing(row)}>
          Change…
        </Button>
      ),
    },
  ];
  return (
    <Panel
      title="What each destination gets"
      note={
        limited === 0
          ? 'an allow-list lets only some fields through; the rest stays behind'
          : `${counted(limited, 'destination')} with an allow-list`
      }
      isFlush
    >
      <Table
        label="Fields by destination"
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        isDense
        isFixed
        empty="There is no destination yet."
      />
      {editing === null ? null : <AllowListDialog key={editing.id} id={editing.id} onClose={() => setEditing(null)} />}
    </Panel>
  );
}
