import type { Authentication } from '#contract/operations/security.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { Loading } from '#renderer/frame/loading.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { ErrorState } from '#renderer/ui/placeholders.tsx';
import { counted } from '#renderer/ui/quantity.ts';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import classes from './system.module.css';

const everyMs = 5000;
const doors = { control: 'Control port', ingest: 'Ingest' } as const;

const columns: readonly Column<Authentication>[] = [
  { id: 'last', title: 'Last', width: '110px', cell: ({ lastAt }) => <TimeAgo at={lastAt} /> },
  { id: 'door', title: 'Door', width: '130px', cell: ({ door }) => doors[door] },
  {
    id: 'outcome',
    title: 'Outcome',
    width: '130px',
    cell: ({ outcome }) => (
      <span className={classes.outcome}>
        <StatusMark state={outcome === 'accepted' ? 'healthy' : 'failing'} /> {outcome === 'accepted' ? 'Let in' : 'Refused'}
      </span>
    ),
  },
  {
    id: 'who',
    title: 'Who',
    cell: ({ door, who }) => (who === '' ? 'unknown' : door === 'ingest' ? <code title="A short hash of the key">{who}</code> : who),
  },
  { id: 'code', title: 'Why', cell: ({ code }) => (code === '' ? '' : <code>{code}</code>) },
  { id: 'count', title: 'Times', width: '90px', align: 'end', cell: ({ count }) => count.toLocaleString('en-US') },
  { id: 'first', title: 'First', width: '110px', cell: ({ firstAt }) => <TimeAgo at={firstAt} /> },
];

/** Who tried to come in, by which door, and whether they were let in. Holds no address, no key and no token. */
export function Access() {
  const { data, error, isLoading, reload } = useQuery('security.log', {}, { refreshMs: everyMs });
  if (data === null)
    return error === null || isLoading ? <Loading rows={6} label="the accesses" /> : <ErrorState error={error} onRetry={reload} />;
  const { accepted, refused, unknownKeys } = data.totals;
  return (
    <Panel
      title="Authentication"
      note={`since the gateway started: ${counted(accepted, 'time')} let in, ${counted(refused, 'time')} refused, ${counted(unknownKeys, 'time')} by an unknown key`}
      isFlush
    >
      <Table
        label="Authentication attempts"
        columns={columns}
        rows={data.attempts}
        rowKey={({ door, outcome, code, who }) => `${door} ${outcome} ${code} ${who}`}
        empty="Nobody came yet."
        isDense
      />
    </Panel>
  );
}
