import { IconFileCheck, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Document } from '#contract/documents/document.ts';
import { documentStore, useDocuments } from '#renderer/client/documents.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { NewDrafts } from '#renderer/frame/editing/edited-head.tsx';
import { Loading } from '#renderer/frame/loading.tsx';
import { navigate } from '#renderer/frame/router.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Num } from '#renderer/ui/num.tsx';
import { Page } from '#renderer/ui/page.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { EmptyState } from '#renderer/ui/placeholders.tsx';
import { exact } from '#renderer/ui/quantity.ts';
import shared from '#renderer/ui/shared.module.css';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { Tag } from '#renderer/ui/tag.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { modeWords } from './draft.ts';
import { planDrafts } from './drafts.ts';
import { NewPlanDialog } from './new-plan-dialog.tsx';
import classes from './plans.module.css';

type Row = Document<'plan'>;

/** Every tracking plan: for whom, how strict, and what broke it. */
export function PlanList() {
  const isLoaded = useStore(documentStore, (state) => state.isLoaded);
  const rows = useDocuments('plan');
  const drafts = useStore(planDrafts.store);
  const [isAdding, setIsAdding] = useState(false);
  const unsaved = [...drafts].filter(([id]) => !rows.some((row) => row.id === id)).map(([id, { draft }]) => ({ id, name: draft.name }));
  const add = (
    <Button look={rows.length === 0 ? 'primary' : 'plain'} icon={<IconPlus size={14} />} onClick={() => setIsAdding(true)}>
      Add a tracking plan…
    </Button>
  );
  if (!isLoaded) return <Loading rows={6} label="the tracking plans" />;
  return (
    <Page>
      <NewDrafts drafts={unsaved} onOpen={(id) => navigate(`/flow/plans/${id}`)} />
      {rows.length === 0 ? (
        <EmptyState
          icon={<IconFileCheck size={20} stroke={1.6} />}
          title="No tracking plan"
          action={add}
          command="sluice call plan.put - < plan.json"
        >
          A tracking plan says what the events of a source must look like. What breaks it is counted, kept apart or turned away, before any
          vendor sees it.
        </EmptyState>
      ) : (
        <PlanTable rows={rows} add={add} />
      )}
      {isAdding ? <NewPlanDialog onClose={() => setIsAdding(false)} /> : null}
    </Page>
  );
}

function PlanTable({ rows, add }: { readonly rows: readonly Row[]; readonly add: React.ReactElement }) {
  const sources = useStore(documentStore, (state) => state.byKind.source);
  const drafts = useStore(planDrafts.store);
  const violations = useQuery('plan.violations', {}, { refreshMs: 5000 });
  const held = useQuery('quarantine.list', { by: 'plan', limit: 1 }, { refreshMs: 5000 });
  const violationsOf = (id: string) =>
    violations.data?.violations.filter(({ plan }) => plan === id).reduce((sum, { events }) => sum + events, 0) ?? null;
  const heldOf = (id: string) => (held.data === null ? null : (held.data.groups.find(({ plan }) => plan === id)?.events ?? 0));
  const columns: readonly Column<Row>[] = [
    {
      id: 'name',
      title: 'Plan',
      cell: (row) => (
        <span className={classes.named}>
          <span className={classes.name}>{row.value?.name}</span>
          <code className={shared.quiet}>{`${row.id}@${row.revision}`}</code>
          {drafts.has(row.id) ? <Tag look="accent">draft</Tag> : null}
        </span>
      ),
    },
    {
      id: 'sources',
      title: 'Sources',
      width: '22%',
      cell: ({ value }) =>
        value === null || value.sources.length === 0 ? (
          <span className={shared.quiet}>all that are in no other plan</span>
        ) : (
          <span className={shared.cut}>{value.sources.map((id) => sources.get(id)?.value?.name ?? id).join(', ')}</span>
        ),
    },
    { id: 'mode', title: 'What breaks it', width: '112px', cell: ({ value }) => (value === null ? '' : modeWords[value.mode].title) },
    {
      id: 'unplanned',
      title: 'What it does not name',
      width: '148px',
      cell: ({ value }) => (value === null ? '' : modeWords[value.unplanned].title),
    },
    {
      id: 'events',
      title: 'Events',
      align: 'end',
      width: '72px',
      cell: ({ value }) => <Num of={exact(Object.keys(value?.events ?? {}).length)} />,
    },
    { id: 'violations', title: 'Violations', align: 'end', width: '88px', cell: ({ id }) => <Num of={exact(violationsOf(id))} /> },
    { id: 'held', title: 'In quarantine', align: 'end', width: '104px', cell: ({ id }) => <Num of={exact(heldOf(id))} /> },
    { id: 'at', title: 'Changed', width: '84px', cell: (row) => <TimeAgo at={row.at} /> },
  ];
  return (
    <Panel
      title={`Tracking plans · ${rows.length}`}
      note={
        violations.data === null ? undefined : (
          <>
            violations counted since the gateway started, <TimeAgo at={violations.data.since} />
          </>
        )
      }
      actions={add}
      isFlush
    >
      <Table
        label="Tracking plans"
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        onOpen={({ id }) => navigate(`/flow/plans/${id}`)}
        isFixed
      />
    </Panel>
  );
}
