import { IconUserX } from '@tabler/icons-react';
import { useState } from 'react';
import type { Document } from '#contract/documents/document.ts';
import type { Erasure } from '#contract/documents/erasure.ts';
import { useDocument, useDocuments } from '#renderer/client/documents.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Id } from '#renderer/ui/command-line.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { EmptyState } from '#renderer/ui/placeholders.tsx';
import { Progress } from '#renderer/ui/progress.tsx';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { EraseDialog } from './erase-dialog.tsx';
import { ErasureDialog } from './erasure-dialog.tsx';
import classes from './forgetting.module.css';
import { erasureLooks, progressOf, shareOf, sortErasures } from './words.ts';

type Row = Document<'erasure'>;
/** Most that are drawn unasked. */
const mostRows = 50;

const columns: readonly Column<Row>[] = [
  {
    id: 'person',
    title: 'Person, hashed',
    width: '236px',
    cell: ({ id }) => <Id value={id} keep={26} />,
  },
  {
    id: 'state',
    title: 'State',
    width: '116px',
    cell: ({ value }) => (value === null ? null : <State erasure={value} />),
  },
  {
    id: 'progress',
    title: 'How far',
    cell: ({ id, value }) =>
      value === null ? null : (
        <Progress label={`Erasure of ${id}`} share={shareOf(value)} look={value.state === 'done' ? 'still' : 'going'}>
          {progressOf(value)}
        </Progress>
      ),
  },
  { id: 'at', title: 'Requested', width: '96px', cell: ({ value }) => (value === null ? null : <TimeAgo at={value.requestedAt} />) },
  { id: 'by', title: 'By', width: '120px', cell: ({ by }) => <span className={classes.cut}>{by}</span> },
];

function State({ erasure }: { readonly erasure: Erasure }) {
  const { mark, word } = erasureLooks[erasure.state];
  return (
    <span className={classes.state}>
      <StatusMark state={mark} />
      {word}
    </span>
  );
}

/** Every erasure, what needs a person first; each is as far as the slowest vendor. */
export function ErasurePanel() {
  const rows = sortErasures(useDocuments('erasure'));
  const [isAsking, setIsAsking] = useState(false);
  const [isWhole, setIsWhole] = useState(false);
  const [shown, setShown] = useState<string | null>(null);
  const erase = (
    <Button size="small" look="grave" onClick={() => setIsAsking(true)}>
      Erase a person…
    </Button>
  );
  const attention = rows.filter(({ value }) => value?.state === 'attention').length;
  return (
    <Panel
      title={rows.length === 0 ? 'Erasures' : `Erasures · ${rows.length}`}
      note={
        attention === 0
          ? 'here at once; at vendors as fast as each of them is'
          : `${attention} ${attention === 1 ? 'needs' : 'need'} a person`
      }
      actions={rows.length === 0 ? undefined : erase}
      isFlush
    >
      {rows.length === 0 ? (
        <EmptyState icon={<IconUserX size={20} stroke={1.6} />} title="Nobody asked to be forgotten" action={erase}>
          An erasure takes everything of a person out of log, dead letters, quarantine and backups to come, and asks every vendor that can
          be asked. People are known here by a keyed hash only.
        </EmptyState>
      ) : (
        <Table
          label="Erasures"
          columns={columns}
          rows={isWhole ? rows : rows.slice(0, mostRows)}
          rowKey={({ id }) => id}
          onOpen={({ id }) => setShown(id)}
          isFixed
        />
      )}
      {!isWhole && rows.length > mostRows ? (
        <div className={classes.pages}>
          <Button size="small" onClick={() => setIsWhole(true)}>
            Show all {rows.length}
          </Button>
        </div>
      ) : null}
      {isAsking ? <EraseDialog onClose={() => setIsAsking(false)} /> : null}
      {shown === null ? null : <Shown id={shown} onClose={() => setShown(null)} />}
    </Panel>
  );
}

function Shown({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const document = useDocument('erasure', id);
  return document?.value == null ? null : <ErasureDialog id={id} erasure={document.value} onClose={onClose} />;
}
