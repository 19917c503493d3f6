import { TextInput } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { AppError } from '#contract/errors.ts';
import type { AuditEntry } from '#contract/operations/system.ts';
import { documentStore } from '#renderer/client/documents.ts';
import { call } from '#renderer/client/session.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { AuditLine } from '#renderer/frame/audit-line.tsx';
import { auditWords } from '#renderer/frame/audit-words.ts';
import { Loading } from '#renderer/frame/loading.tsx';
import { useAuditContext } from '#renderer/frame/use-audit-context.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { ErrorState } from '#renderer/ui/placeholders.tsx';
import shared from '#renderer/ui/shared.module.css';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { AuditVerify } from './audit-verify.tsx';
import classes from './system.module.css';

const pageSize = 100;

const columns: readonly Column<AuditEntry>[] = [
  { id: 'seq', title: 'No.', align: 'end', width: '64px', cell: (entry) => <span className={shared.quiet}>{entry.seq}</span> },
  { id: 'at', title: 'When', width: '96px', cell: (entry) => <TimeAgo at={entry.at} /> },
  {
    id: 'by',
    title: 'Who',
    width: '120px',
    cell: (entry) => (
      <span className={classes.ellipsis} title={entry.by}>
        {entry.by}
      </span>
    ),
  },
  {
    id: 'what',
    title: 'What',
    cell: (entry) => <AuditLine entry={entry} />,
  },
  {
    id: 'why',
    title: 'Why',
    width: '28%',
    cell: (entry) => (entry.reason === '' ? <span className={shared.quiet}>–</span> : entry.reason),
  },
  {
    id: 'hash',
    title: 'Hash',
    width: '96px',
    cell: (entry) => (
      <span className={classes.hash} title={entry.hash}>
        {entry.hash.slice(0, 10)}
      </span>
    ),
  },
];

/** Everything that anybody did, refused attempts included; each entry holds the hash of the one before. */
export function Audit() {
  const newest = useQuery('audit.list', { limit: pageSize });
  const changes = useStore(documentStore, (state) => state.recent);
  const { reload } = newest;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change asks again
  useEffect(() => reload(), [changes, reload]);
  const older = useOlder();
  const [filter, setFilter] = useState('');
  const context = useAuditContext();
  const entries = useMemo(() => merge(newest.data?.entries ?? [], older.entries), [newest.data, older.entries]);
  const words = (entry: AuditEntry) => auditWords(entry, context);
  const shown = entries.filter((entry) =>
    matches(
      `${entry.by} ${entry.action} ${entry.target} ${entry.outcome} ${entry.reason} ${words(entry).verb} ${words(entry).object}`,
      filter,
    ),
  );
  const oldest = entries.at(-1)?.seq ?? 0;
  return (
    <>
      <AuditVerify />
      <Panel
        title="Audit trail"
        note="newest first"
        actions={
          <TextInput
            className={classes.filter ?? ''}
            aria-label="Filter the entries shown"
            placeholder="Filter who, what, why"
            value={filter}
            onChange={(event) => setFilter(event.currentTarget.value)}
          />
        }
        isFlush
      >
        <Entries entries={newest.data === null ? null : shown} error={newest.error} isFiltered={filter !== ''} onRetry={reload} />
      </Panel>
      {oldest > 1 && newest.data !== null ? (
        <div className={classes.foot}>
          {older.error === null ? null : <span role="alert">{older.error.message}</span>}
          <Button isBusy={older.isBusy} onClick={() => older.load(oldest)}>
            Load older entries
          </Button>
        </div>
      ) : null}
    </>
  );
}

interface EntriesProps {
  /** Null until they came. */
  readonly entries: readonly AuditEntry[] | null;
  readonly error: AppError | null;
  readonly isFiltered: boolean;
  readonly onRetry: () => void;
}

function Entries({ entries, error, isFiltered, onRetry }: EntriesProps) {
  if (entries === null) return error === null ? <Loading rows={10} label="the audit" /> : <ErrorState error={error} onRetry={onRetry} />;
  return (
    <Table
      label="Audit trail"
      columns={columns}
      rows={entries}
      rowKey={(entry) => String(entry.seq)}
      isDense
      isFixed
      empty={isFiltered ? 'No entry shown matches. Load older ones to look further back.' : 'Nothing was done yet.'}
    />
  );
}

function matches(text: string, filter: string): boolean {
  const lower = text.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}

/** Newest first, each once. */
function merge(newest: readonly AuditEntry[], older: readonly AuditEntry[]): readonly AuditEntry[] {
  return [...new Map([...newest, ...older].map((entry) => [entry.seq, entry])).values()].sort((a, b) => b.seq - a.seq);
}

function useOlder() {
  const [entries, setEntries] = useState<readonly AuditEntry[]>([]);
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const load = async (beforeSeq: number) => {
    setIsBusy(true);
    const answer = await call('audit.list', { beforeSeq, limit: pageSize });
    setIsBusy(false);
    if (answer.ok) setEntries((before) => [...before, ...answer.value.entries]);
    setError(answer.ok ? null : answer.error);
  };
  return { entries, isBusy, error, load: (beforeSeq: number) => void load(beforeSeq) };
}
