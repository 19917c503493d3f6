import { useEffect } from 'react';
import { useStore } from 'zustand';
import { documentStore } from '#renderer/client/documents.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { Loading } from '#renderer/frame/loading.tsx';
import { CommandLine } from '#renderer/ui/command-line.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { ErrorState } from '#renderer/ui/placeholders.tsx';
import shared from '#renderer/ui/shared.module.css';
import { Table } from '#renderer/ui/table.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import classes from './system.module.css';

function written(value: unknown): string {
  return value === undefined ? 'not set' : typeof value === 'string' ? value : JSON.stringify(value);
}

/** Where the gateway's documents and its configuration file say different things. A command wins over the file. */
export function DriftPanel() {
  const { data, error, isLoading, reload } = useQuery('document.drift', {});
  const documents = useStore(documentStore, (state) => state.byKind);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a changed document asks again
  useEffect(() => reload(), [documents, reload]);
  return (
    <Panel
      title={
        data === null || data.drift.length === 0
          ? 'Drift from the configuration file'
          : `Drift from the configuration file · ${data.drift.length}`
      }
      note="a command wins over the file"
      isFlush
    >
      {data === null ? (
        error !== null ? (
          <ErrorState error={error} onRetry={reload} />
        ) : isLoading ? (
          <Loading rows={3} label="the comparison" />
        ) : null
      ) : (
        <Table
          label="Drift from the configuration file"
          isDense
          rows={data.drift}
          rowKey={(row) => `${row.kind}/${row.id}/${row.path}`}
          empty="None: the file, where there is one, and the gateway say the same."
          columns={[
            { id: 'what', title: 'What', cell: (row) => <span className={classes.mono}>{`${row.kind}/${row.id} ${row.path}`}</span> },
            { id: 'file', title: 'In the file', cell: (row) => <span className={classes.mono}>{written(row.file)}</span> },
            { id: 'now', title: 'In force', cell: (row) => <span className={classes.mono}>{written(row.now)}</span> },
            {
              id: 'by',
              title: 'Changed',
              cell: (row) => (
                <span className={shared.quiet}>
                  {row.by}, <TimeAgo at={row.at} />
                </span>
              ),
            },
          ]}
        />
      )}
      {data !== null && data.drift.length > 0 ? (
        <div style={{ padding: 12 }}>
          <CommandLine command="sluice diff" />
        </div>
      ) : null}
    </Panel>
  );
}
