import { useState } from 'react';
import { useStore } from 'zustand';
import type { Document } from '#contract/documents/document.ts';
import { documentStore, useDocuments } from '#renderer/client/documents.ts';
import { useLink } from '#renderer/client/session.ts';
import { Loading } from '#renderer/frame/loading.tsx';
import { setQuery, useRoute } from '#renderer/frame/router.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Page } from '#renderer/ui/page.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { EmptyState } from '#renderer/ui/placeholders.tsx';
import { counted } from '#renderer/ui/quantity.ts';
import shared from '#renderer/ui/shared.module.css';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import classes from './playbooks.module.css';
import { Run } from './run.tsx';
import { StartDialog } from './start-dialog.tsx';
import { nextStep, progressWords, runWords } from './words.ts';

/** Playbooks, and the runs of them that people follow. */
export function Playbooks() {
  const isLoaded = useStore(documentStore, (state) => state.isLoaded);
  const phase = useLink((link) => link.phase);
  const shown = useRoute((route) => route.query.run ?? '');
  const runs = useDocuments('playbook-run');
  const run = runs.find(({ id }) => id === shown);
  if (!isLoaded)
    return (
      <Page>
        {phase === 'offline' || phase === 'refused' ? (
          <EmptyState title="No gateway to ask">This shows playbooks once the gateway answers again.</EmptyState>
        ) : (
          <Loading rows={6} label="playbooks" />
        )}
      </Page>
    );
  return (
    <Page>{run?.value == null ? <Lists runs={runs} /> : <Run key={run.id} id={run.id} revision={run.revision} run={run.value} />}</Page>
  );
}

type PlaybookDocument = Document<'playbook'>;
type RunDocument = Document<'playbook-run'>;

function Lists({ runs }: { readonly runs: readonly RunDocument[] }) {
  const playbooks = useDocuments('playbook');
  const [starting, setStarting] = useState<PlaybookDocument | null>(null);
  const sorted = [...runs].sort((a, b) => rank(a) - rank(b) || (b.value?.startedAt ?? 0) - (a.value?.startedAt ?? 0));
  return (
    <>
      <Panel title="Playbooks" note="a run keeps the steps as they are when it begins" isFlush>
        <Table
          label="Playbooks"
          columns={playbookColumns(setStarting)}
          rows={playbooks}
          rowKey={({ id }) => id}
          empty="There is none. One is added with the operation playbook.put."
          isFixed
        />
      </Panel>
      <Panel title="Runs" note="every console shows the same, and a restart loses none" isFlush>
        <Table
          label="Runs"
          columns={runColumns}
          rows={sorted}
          rowKey={({ id }) => id}
          onOpen={({ id }) => setQuery({ run: id }, { replace: false })}
          empty="None yet."
          isFixed
        />
      </Panel>
      {starting?.value == null ? null : <StartDialog id={starting.id} playbook={starting.value} onClose={() => setStarting(null)} />}
    </>
  );
}

function rank({ value }: RunDocument): number {
  return value?.state === 'running' ? 0 : 1;
}

const playbookColumns = (start: (playbook: PlaybookDocument) => void): readonly Column<PlaybookDocument>[] => [
  {
    id: 'title',
    title: 'Playbook',
    cell: ({ id, value }) => (
      <span className={classes.title}>
        <strong>{value?.title ?? id}</strong>
        <span className={shared.quiet}>{value?.description}</span>
      </span>
    ),
  },
  { id: 'steps', title: 'Steps', width: '96px', align: 'end', cell: ({ value }) => counted(value?.steps.length ?? 0, 'step') },
  {
    id: 'acts',
    title: <span className="visually-hidden">Acts</span>,
    align: 'end',
    width: '112px',
    cell: (row) => (
      <Button size="small" look="primary" aria-label={`Start ${row.value?.title ?? row.id}`} onClick={() => start(row)}>
        Start…
      </Button>
    ),
  },
];

const runColumns: readonly Column<RunDocument>[] = [
  {
    id: 'title',
    title: 'Run',
    cell: ({ value }) => (
      <span>
        <strong>{value?.title}</strong> <span className={shared.quiet}>{Object.values(value?.parameters ?? {}).join(', ')}</span>
      </span>
    ),
  },
  { id: 'state', title: 'State', width: '110px', cell: ({ value }) => (value === null ? '' : runWords[value.state]) },
  { id: 'progress', title: 'Looked at', width: '120px', cell: ({ value }) => (value === null ? '' : progressWords(value)) },
  {
    id: 'next',
    title: 'Next',
    cell: ({ value }) => (value?.state === 'running' ? (nextStep(value)?.step.title ?? 'end it') : <span className={shared.quiet}>–</span>),
  },
  { id: 'by', title: 'Started by', width: '130px', cell: ({ value }) => value?.startedBy },
  { id: 'at', title: 'When', width: '96px', cell: ({ value }) => (value === null ? '' : <TimeAgo at={value.startedAt} />) },
];
