import { IconPlus } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { Document } from '#contract/documents/document.ts';
import { useDocuments } from '#renderer/client/documents.ts';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { RemoveDialog } from '#renderer/frame/remove-document.tsx';
import { Button } from '#renderer/ui/button.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { EmptyState } from '#renderer/ui/placeholders.tsx';
import shared from '#renderer/ui/shared.module.css';
import { type Column, Table } from '#renderer/ui/table.tsx';
import classes from './system.module.css';

type Kind = 'source' | 'destination';

const titles = { source: 'Sources', destination: 'Destinations' } as const;
/** What a removal means for events. */
const removals = {
  source:
    'Whoever still sends with its write key is answered 401. What it sent before stays in the log and the ledger. A destination that names it must let go of it first.',
  destination:
    'Its credential is removed with it. What still waits for it is settled as dropped; its ledger is closed and kept. Its switches stay, so that a stop is never lifted by removing and adding it again.',
} as const;

interface DocumentTableProps<K extends Kind> {
  readonly kind: K;
  readonly columns: readonly Column<Document<K>>[];
  /** What one is, told where there is none yet. */
  readonly meaning: string;
  readonly className?: string | undefined;
  readonly onOpen?: (row: Document<K>) => void;
}

/** All documents of a kind, each with its acts; the first one is a button away. */
export function DocumentTable<K extends Kind>({ kind, columns, meaning, className, onOpen }: DocumentTableProps<K>) {
  const rows = useDocuments(kind);
  const [removing, setRemoving] = useState<Document<K> | null>(null);
  const add = (
    <Button look={rows.length === 0 ? 'primary' : 'plain'} icon={<IconPlus size={14} />} onClick={() => requestOverlay({ type: kind })}>
      Add a {kind}…
    </Button>
  );
  if (rows.length === 0) {
    return (
      <EmptyState title={`No ${kind} yet`} action={add}>
        {meaning}
      </EmptyState>
    );
  }
  return (
    <>
      <Panel title={`${titles[kind]} · ${rows.length}`} actions={add} isFlush>
        <div className={className}>
          <Table
            label={titles[kind]}
            columns={[...columns, actsColumn(kind, setRemoving)]}
            rows={rows}
            rowKey={({ id }) => id}
            {...(onOpen === undefined ? {} : { onOpen })}
            isFixed
          />
        </div>
      </Panel>
      {removing === null ? null : (
        <RemoveDialog
          kind={kind}
          id={removing.id}
          name={removing.value?.name ?? removing.id}
          means={removals[kind]}
          onClose={() => setRemoving(null)}
        />
      )}
    </>
  );
}

function actsColumn<K extends Kind>(kind: K, onRemove: (row: Document<K>) => void): Column<Document<K>> {
  return {
    id: 'acts',
    title: <span className="visually-hidden">Acts</span>,
    align: 'end',
    width: '176px',
    cell: (row) => {
      const name = row.value?.name ?? row.id;
      return (
        <span className={shared.ends}>
          <Button
            size="small"
            onClick={(event) => {
              event.stopPropagation();
              requestOverlay({ type: kind, id: row.id });
            }}
            aria-label={`Change ${name}`}
          >
            Change…
          </Button>
          <Button
            size="small"
            look="quiet"
            onClick={(event) => {
              event.stopPropagation();
              onRemove(row);
            }}
            aria-label={`Remove ${name}`}
          >
            Remove…
          </Button>
        </span>
      );
    },
  };
}

/** The first cell of a row: what it is called, its id and kind, and its labels. */
export function NameCell({ name, detail, children }: { readonly name: ReactNode; readonly detail: string; readonly children: ReactNode }) {
  return (
    <span className={classes.named}>
      <span className={classes.two}>
        {name}
        <span className={`${shared.quiet} ${classes.ellipsis}`}>{detail}</span>
      </span>
      {children}
    </span>
  );
}
