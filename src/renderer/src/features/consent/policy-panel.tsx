import { IconUserCheck } from '@tabler/icons-react';
import { Fragment, useState } from 'react';
import { useStore } from 'zustand';
import type { ConsentPolicy } from '#contract/documents/consent.ts';
import type { Document } from '#contract/documents/document.ts';
import { documentStore, useDocuments } from '#renderer/client/documents.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { RemoveDialog } from '#renderer/frame/remove-document.tsx';
import { LiveMark } from '#renderer/streams/live-cells.tsx';
import { Button } from '#renderer/ui/button.tsx';
import { Num } from '#renderer/ui/num.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { EmptyState } from '#renderer/ui/placeholders.tsx';
import { exact } from '#renderer/ui/quantity.ts';
import shared from '#renderer/ui/shared.module.css';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { Tag } from '#renderer/ui/tag.tsx';
import classes from './consent.module.css';
import { PolicyDialog } from './policy-dialog.tsx';

type Row = Document<'destination'>;

/** Every destination and the consent that it needs; those that ask for none last. */
export function PolicyPanel() {
  const destinations = useDocuments('destination');
  const policies = useStore(documentStore, (state) => state.byKind.consent);
  const ledger = useQuery('ledger.read', {}, { refreshMs: 5000 });
  const [editing, setEditing] = useState<string | null>(null);
  const [removing, setRemoving] = useState<Row | null>(null);
  const policyOf = (id: string) => policies.get(id)?.value ?? null;
  const rows = [...destinations].sort((a, b) => Number(policyOf(b.id) !== null) - Number(policyOf(a.id) !== null));
  const asking = rows.filter(({ id }) => policyOf(id) !== null).length;
  const suppressedOf = (id: string) =>
    ledger.data?.ledgers.find(({ destination }) => destination === id)?.states.suppressed ?? (ledger.data === null ? null : 0);
  const columns: readonly Column<Row>[] = [
    {
      id: 'name',
      title: 'Destination',
      width: '28%',
      cell: ({ id, value }) => (
        <span className={shared.named}>
          <LiveMark id={id} />
          <span className={classes.name}>{value?.name ?? id}</span>
        </span>
      ),
    },
    { id: 'needs', title: 'Needs', cell: ({ id }) => <Needs policy={policyOf(id)} /> },
    {
      id: 'unknown',
      title: <span title="What is done where a person said nothing">If nothing is said</span>,
      width: '140px',
      cell: ({ id }) => <WhenUnknown policy={policyOf(id)} />,
    },
    {
      id: 'suppressed',
      title: <span title="Not sent: without consent, suppressed or erased. Since the destination was added.">Not sent</span>,
      align: 'end',
      width: '88px',
      cell: ({ id }) => <Num of={exact(suppressedOf(id))} />,
    },
    {
      id: 'acts',
      title: <span className="visually-hidden">Acts</span>,
      align: 'end',
      width: '168px',
      cell: (row) => (
        <span className={classes.acts}>
          <Button
            size="small"
            aria-label={`${policyOf(row.id) === null ? 'Ask for consent for' : 'Change the consent for'} ${row.value?.name ?? row.id}`}
            onClick={() => setEditing(row.id)}
          >
            {policyOf(row.id) === null ? 'Ask for consent…' : 'Change…'}
          </Button>
          {policyOf(row.id) === null ? null : (
            <Button
              size="small"
              look="quiet"
              aria-label={`Remove the consent for ${row.value?.name ?? row.id}`}
              onClick={() => setRemoving(row)}
            >
              Remove…
            </Button>
          )}
        </span>
      ),
    },
  ];
  if (destinations.length === 0) {
    return (
      <Panel title="What each destination needs">
        <EmptyState
          icon={<IconUserCheck size={20} stroke={1.6} />}
          title="No destination to ask for"
          action={
            <Button look="primary" onClick={() => requestOverlay({ type: 'destination' })}>
              Add a destination…
            </Button>
          }
        >
          A destination can need a person’s consent, by category. It is decided anew at every send, also for what waited.
        </EmptyState>
      </Panel>
    );
  }
  return (
    <Panel
      title="What each destination needs"
      note={`${asking} of ${rows.length} ask for consent; decided anew at every send, also for what waited`}
      isFlush
    >
      <Table label="Consent by destination" columns={columns} rows={rows} rowKey={({ id }) => id} isDense isFixed />
      {editing === null ? null : <PolicyDialog key={editing} id={editing} onClose={() => setEditing(null)} />}
      {removing === null ? null : (
        <RemoveDialog
          kind="consent"
          id={removing.id}
          name={`the consent of ${removing.value?.name ?? removing.id}`}
          means={`${removing.value?.name ?? removing.id} gets every event from now on, whatever its person said; what waits is sent, too. What was not sent before stays unsent.`}
          onClose={() => setRemoving(null)}
        />
      )}
    </Panel>
  );
}

function Needs({ policy }: { readonly policy: ConsentPolicy | null }) {
  if (policy === null) return <span className={classes.quiet}>nothing: sent without asking</span>;
  return (
    <span className={classes.needs}>
      {policy.categories.map((category, index) => (
        <Fragment key={category}>
          {index === 0 ? null : <span className={classes.quiet}>{policy.match === 'all' ? 'and' : 'or'}</span>}
          <Tag>{category}</Tag>
        </Fragment>
      ))}
    </span>
  );
}

function WhenUnknown({ policy }: { readonly policy: ConsentPolicy | null }) {
  if (policy === null) return <span className={classes.quiet}>–</span>;
  return policy.whenUnknown === 'deny' ? 'counts as withdrawn' : 'counts as granted';
}
