import { useState } from 'react';
import { destinationName } from '#renderer/client/documents.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { Answer } from '#renderer/frame/answer.tsx';
import { Button } from '#renderer/ui/button.tsx';
import { Num } from '#renderer/ui/num.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { bytes, exact, roughAge } from '#renderer/ui/quantity.ts';
import shared from '#renderer/ui/shared.module.css';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { absolute } from '#renderer/ui/time.ts';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { useNow } from '#renderer/ui/use-now.ts';
import classes from './forgetting.module.css';
import { LimitsDialog } from './limits-dialog.tsx';
import { PurgeDialog } from './purge-dialog.tsx';
import { classWords, type Kept, limitText } from './words.ts';

/** How long, and how much, each class of data is kept; when something of it goes next. */
export function RetentionPanel() {
  const query = useQuery('retention.read', {}, { refreshMs: 10_000 });
  const [purging, setPurging] = useState<Kept | null>(null);
  const [isChanging, setIsChanging] = useState(false);
  return (
    <Panel
      title="How long data is kept"
      note="by time and by size; what a destination still needs stays"
      actions={
        <Button size="small" onClick={() => setIsChanging(true)}>
          Change the limits…
        </Button>
      }
      isFlush
    >
      <Answer query={query} label="how long data is kept" meaning="Data is kept and purged by its limits, seen or not.">
        {({ classes: rows }) => (
          <div className={classes.table}>
            <Table label="Retention" columns={columnsFor(setPurging)} rows={rows} rowKey={keyOf} isDense isFixed />
          </div>
        )}
      </Answer>
      {purging === null ? null : (
        <PurgeDialog kept={purging} name={nameOf(purging)} onClose={() => setPurging(null)} onDone={query.reload} />
      )}
      {isChanging ? <LimitsDialog onClose={() => setIsChanging(false)} onDone={query.reload} /> : null}
    </Panel>
  );
}

function keyOf(row: Kept): string {
  return `${row.class} ${row.destination ?? ''}`;
}

function nameOf(row: Kept): string {
  const { title } = classWords[row.class];
  return row.destination === null ? title : `${title} of ${destinationName(row.destination)}`;
}

function columnsFor(onPurge: (row: Kept) => void): readonly Column<Kept>[] {
  return [
    {
      id: 'class',
      title: 'Data',
      cell: (row) => (
        <span className={classes.cut}>
          <span className={classes.name}>{nameOf(row)}</span>{' '}
          <span className={shared.quiet}>{row.destination === null ? classWords[row.class].what : ''}</span>
        </span>
      ),
    },
    { id: 'items', title: 'Held', align: 'end', width: '104px', cell: ({ items }) => <Num of={exact(items)} /> },
    { id: 'bytes', title: 'Size', align: 'end', width: '88px', cell: (row) => <Num of={bytes(row.bytes)} /> },
    {
      id: 'since',
      title: 'Oldest',
      width: '92px',
      cell: ({ keptSince }) => (keptSince === null ? <span className={shared.quiet}>–</span> : <TimeAgo at={keptSince} />),
    },
    {
      id: 'limit',
      title: 'At most',
      width: '22%',
      cell: ({ limit }) => limitText(limit) || <span className={shared.quiet}>for ever</span>,
    },
    { id: 'next', title: 'Next purge', width: '92px', cell: ({ nextPurgeAt }) => <Next at={nextPurgeAt} /> },
    {
      id: 'acts',
      title: <span className="visually-hidden">Acts</span>,
      align: 'end',
      width: '88px',
      cell: (row) =>
        row.class === 'audit' ? null : (
          <Button size="small" look="quiet" aria-label={`Purge ${nameOf(row)}`} onClick={() => onPurge(row)}>
            Purge…
          </Button>
        ),
    },
  ];
}

function Next({ at }: { readonly at: number | null }) {
  const now = useNow();
  if (at === null) return <span className={shared.quiet}>never</span>;
  return at <= now ? (
    'due'
  ) : (
    <span className={classes.cut} title={absolute(at)}>
      in <Num of={roughAge(at - now)} />
    </span>
  );
}
