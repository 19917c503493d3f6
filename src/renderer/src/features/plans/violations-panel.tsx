import { useStore } from 'zustand';
import { documentStore } from '#renderer/client/documents.ts';
import type { Query } from '#renderer/client/use-query.ts';
import { Answer } from '#renderer/frame/answer.tsx';
import { href } from '#renderer/frame/router.ts';
import { Num } from '#renderer/ui/num.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { exact } from '#renderer/ui/quantity.ts';
import shared from '#renderer/ui/shared.module.css';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { modeWords } from './draft.ts';
import type { Violated } from './event-list.tsx';
import classes from './plans.module.css';

/** What broke the plan since the gateway started, most often first. */
export function ViolationsPanel({
  query,
  onOpen,
}: {
  readonly query: Query<{ readonly since: number; readonly violations: readonly Violated[] }>;
  readonly onOpen: (event: string) => void;
}) {
  const sources = useStore(documentStore, (state) => state.byKind.source);
  const columns: readonly Column<Violated>[] = [
    {
      id: 'event',
      title: 'Event',
      width: '26%',
      cell: (row) => (
        <span className={shared.cut} title={`${row.event}, ${row.plan}@${row.revision}`}>
          {row.event}
          <span className={shared.quiet}> {sources.get(row.source)?.value?.name ?? row.source}</span>
        </span>
      ),
    },
    { id: 'kinds', title: 'How', cell: (row) => <Kinds row={row} /> },
    { id: 'mode', title: 'What became of it', width: '116px', cell: (row) => becameOf[row.mode] },
    { id: 'events', title: 'Events', align: 'end', width: '72px', cell: (row) => <Num of={exact(row.events)} /> },
    { id: 'last', title: 'Last', width: '72px', cell: (row) => <TimeAgo at={row.lastAt} style="rough" /> },
  ];
  return (
    <Panel
      title="Violations"
      note={
        query.data === null ? undefined : (
          <>
            since the gateway started, <TimeAgo at={query.data.since} />
          </>
        )
      }
      actions={
        <a className={classes.link} href={href('/flow/quarantine', { by: 'violation' })}>
          See the quarantine
        </a>
      }
      isFlush
    >
      <Answer query={query} label="violations" rows={3}>
        {({ violations }) => (
          <Table
            label="Violations of this plan"
            columns={columns}
            rows={violations}
            rowKey={(row) => `${row.source} ${row.event} ${row.revision} ${row.mode}`}
            onOpen={(row) => onOpen(row.event)}
            isDense
            isFixed
            empty="Nothing broke it."
          />
        )}
      </Answer>
    </Panel>
  );
}

const becameOf: Readonly<Record<Violated['mode'], string>> = { report: 'flowed on', quarantine: 'quarantined', block: 'turned away' };

function Kinds({ row }: { readonly row: Violated }) {
  const [first, ...more] = row.kinds;
  if (first === undefined) return <span className={shared.quiet}>{modeWords[row.mode].title}</span>;
  const text = (kind: typeof first) => `${kind.path === '' ? '' : `${kind.path} `}${kind.message}`;
  return (
    <span className={shared.cut} title={row.kinds.map((kind) => `${kind.events.toLocaleString('en-US')} × ${text(kind)}`).join('\n')}>
      <code>{text(first)}</code>
      {more.length === 0 ? null : <span className={shared.quiet}> +{more.length}</span>}
    </span>
  );
}
