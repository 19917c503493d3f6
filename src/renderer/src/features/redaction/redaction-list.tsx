import { IconEyeOff, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Document } from '#contract/documents/document.ts';
import { documentStore, useDocuments } from '#renderer/client/documents.ts';
import { NewDrafts } from '#renderer/frame/editing/edited-head.tsx';
import { Loading } from '#renderer/frame/loading.tsx';
import { navigate } from '#renderer/frame/router.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Page } from '#renderer/ui/page.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { EmptyState } from '#renderer/ui/placeholders.tsx';
import shared from '#renderer/ui/shared.module.css';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { Tag } from '#renderer/ui/tag.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { AllowLists } from './allow-lists.tsx';
import { ruleWords } from './draft.ts';
import { redactionDrafts } from './drafts.ts';
import { NewRulesDialog } from './new-rules-dialog.tsx';
import classes from './redaction.module.css';

type Row = Document<'redaction'>;

/** Every set of rules, in the order in which they are applied, and below what each destination may get. */
export function RedactionList() {
  const isLoaded = useStore(documentStore, (state) => state.isLoaded);
  const rows = useDocuments('redaction');
  const drafts = useStore(redactionDrafts.store);
  const [isAdding, setIsAdding] = useState(false);
  if (!isLoaded) return <Loading rows={8} label="the redaction rules" />;
  const unsaved = [...drafts].filter(([id]) => !rows.some((row) => row.id === id)).map(([id, { draft }]) => ({ id, name: draft.name }));
  const add = (
    <Button look={rows.length === 0 ? 'primary' : 'plain'} icon={<IconPlus size={14} />} onClick={() => setIsAdding(true)}>
      Add rules…
    </Button>
  );
  return (
    <Page>
      <NewDrafts drafts={unsaved} onOpen={(id) => navigate(`/flow/redaction/${id}`)} />
      {rows.length === 0 ? (
        <Panel title="Redaction rules">
          <EmptyState icon={<IconEyeOff size={20} stroke={1.6} />} title="Events are stored as they are sent" action={add}>
            Redaction drops, masks, hashes or cuts parts of an event before anything of it is written: card numbers and e-mail addresses in
            free text, or a field by its path.
          </EmptyState>
        </Panel>
      ) : (
        <Panel
          title={`Redaction rules · ${rows.length}`}
          note="applied in this order, before an event is written anywhere"
          actions={add}
          isFlush
        >
          <RulesTable rows={rows} />
        </Panel>
      )}
      <AllowLists />
      {isAdding ? <NewRulesDialog onClose={() => setIsAdding(false)} /> : null}
    </Page>
  );
}

function RulesTable({ rows }: { readonly rows: readonly Row[] }) {
  const sources = useStore(documentStore, (state) => state.byKind.source);
  const drafts = useStore(redactionDrafts.store);
  const columns: readonly Column<Row>[] = [
    {
      id: 'name',
      title: 'Rules',
      width: '24%',
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
      width: '18%',
      cell: ({ value }) =>
        value === null || value.sources.length === 0 ? (
          <span className={shared.quiet}>all</span>
        ) : (
          <span className={shared.cut}>{value.sources.map((id) => sources.get(id)?.value?.name ?? id).join(', ')}</span>
        ),
    },
    {
      id: 'rules',
      title: 'What they do',
      cell: ({ value }) => <span className={shared.cut}>{value?.rules.map(ruleWords).join(', ')}</span>,
    },
    { id: 'at', title: 'Changed', width: '84px', cell: (row) => <TimeAgo at={row.at} /> },
  ];
  return (
    <Table
      label="Redaction rules"
      columns={columns}
      rows={rows}
      rowKey={({ id }) => id}
      onOpen={({ id }) => navigate(`/flow/redaction/${id}`)}
      isFixed
    />
  );
}
