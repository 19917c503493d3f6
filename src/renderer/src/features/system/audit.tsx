import { TextInput } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { AppError } from '#contract/errors.ts';
import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import type { AuditEntry } from '#contract/operations/system.ts';
import { documentStore } from '#renderer/client/documents.ts';
import { call } from '#renderer/client/session.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { AuditLine } from '#renderer/frame/audit-line.tsx';
import { auditWords } from '#renderer/frame/audit-words.ts';
import { useAuditContext } from '#renderer/frame/use-audit-context.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Callout } from '#renderer/ui/callout.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { ErrorState, Skeleton } from '#renderer/ui/placeholders.tsx';
import { counted } from '#renderer/ui/quantity.ts';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import classes from './system.module.css';

const pageSize = 100;

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
  const columns: readonly Column<AuditEntry>[] = [
    { id: 'seq', title: 'No.', align: 'end', width: '64px', cell: (entry) => <span className={classes.quiet}>{entry.seq}</span> },
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
      cell: (entry) => (entry.reason === '' ? <span className={classes.quiet}>–</span> : entry.reason),
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
  return (
    <>
      <Verify />
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
        {newest.data === null ? (
          newest.error !== null ? (
            <ErrorState error={newest.error} onRetry={reload} />
          ) : (
            <Skeleton rows={10} />
          )
        ) : (
          <Table
            label="Audit trail"
            columns={columns}
            rows={shown}
            rowKey={(entry) => String(entry.seq)}
            isDense
            isFixed
            empty={filter === '' ? 'Nothing was done yet.' : 'No entry shown matches. Load older ones to look further back.'}
          />
        )}
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

type Verdict = OutputOf<Operations['audit.verify']>;

/** Walks the whole chain in the gateway and says whether an entry was changed or taken out. */
function Verify() {
  const [state, setState] = useState<{ readonly isBusy: boolean; readonly verdict: Verdict | null; readonly error: AppError | null }>({
    isBusy: false,
    verdict: null,
    error: null,
  });
  const verify = async () => {
    setState({ isBusy: true, verdict: null, error: null });
    const answer = await call('audit.verify', {}, { deadlineMs: 60_000 });
    setState(answer.ok ? { isBusy: false, verdict: answer.value, error: null } : { isBusy: false, verdict: null, error: answer.error });
  };
  const { isBusy, verdict, error } = state;
  const button = (
    <Button size="small" icon={<IconShieldCheck size={14} />} isBusy={isBusy} onClick={() => void verify()}>
      {verdict === null ? 'Verify the chain' : 'Verify again'}
    </Button>
  );
  if (error !== null) return <ErrorState error={error} meaning="The chain was not verified." onRetry={() => void verify()} />;
  if (verdict === null) {
    return (
      <Callout state="none" title="Each entry holds the hash of the one before" actions={button}>
        Verifying recomputes all of them in the gateway.
      </Callout>
    );
  }
  return (
    <Callout
      state={verdict.intact ? 'healthy' : 'failing'}
      title={verdict.intact ? `Intact: ${counted(verdict.entries, 'entry', 'entries')}` : `Broken at entry ${verdict.brokenAt ?? '?'}`}
      actions={button}
    >
      {verdict.intact ? (
        <span className={classes.mono}>head {verdict.head}</span>
      ) : (
        'That entry, or one before it, is not what was written. Keep the data folder as it is and compare it with a backup.'
      )}
    </Callout>
  );
}
