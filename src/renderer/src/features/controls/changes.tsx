import { useEffect } from 'react';
import { useStore } from 'zustand';
import { documentStore } from '#renderer/client/documents.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { AuditLine } from '#renderer/frame/audit-line.tsx';
import { Loading } from '#renderer/frame/loading.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { ErrorState } from '#renderer/ui/placeholders.tsx';
import { Table } from '#renderer/ui/table.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import classes from './controls.module.css';

/** What the audit says about switches: changes, refusals and the reasons given afterwards. */
export function SwitchChanges() {
  const { data, error, isLoading, reload } = useQuery('audit.list', { limit: 300 });
  const switches = useStore(documentStore, (state) => state.byKind.switch);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a changed switch asks again
  useEffect(() => reload(), [switches, reload]);
  const entries = data?.entries
    .filter(
      (entry) =>
        entry.action === 'switch.set' ||
        entry.target.startsWith('switch/') ||
        (entry.action === 'audit.note' && !entry.target.includes('/')),
    )
    .slice(0, 50);
  return (
    <Panel title="Changes to switches" note="from the audit trail, newest first" isFlush>
      {entries === undefined ? (
        error !== null ? (
          <ErrorState error={error} onRetry={reload} />
        ) : isLoading ? (
          <Loading rows={4} label="the changes" />
        ) : null
      ) : (
        <Table
          label="Changes to switches"
          isDense
          rows={entries}
          rowKey={(entry) => String(entry.seq)}
          empty="No switch was ever set."
          columns={[
            { id: 'at', title: 'When', width: '96px', cell: (entry) => <TimeAgo at={entry.at} /> },
            { id: 'by', title: 'Who', width: '128px', cell: (entry) => entry.by },
            {
              id: 'what',
              title: 'What',
              cell: (entry) => <AuditLine entry={entry} />,
            },
            {
              id: 'why',
              title: 'Why',
              width: '40%',
              cell: (entry) => (entry.reason === '' ? <span className={classes.zero}>–</span> : entry.reason),
            },
          ]}
        />
      )}
    </Panel>
  );
}
