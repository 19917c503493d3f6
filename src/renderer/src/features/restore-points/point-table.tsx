import { IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { command } from '#renderer/client/session.ts';
import { reportResult } from '#renderer/frame/acting.tsx';
import { Button, IconButton } from '#renderer/ui/button.tsx';
import { ConfirmDialog } from '#renderer/ui/confirm-dialog.tsx';
import shared from '#renderer/ui/shared.module.css';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { Tag } from '#renderer/ui/tag.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import classes from './restore-points.module.css';
import { differsWords, type Point } from './words.ts';

interface Props {
  readonly points: readonly Point[];
  readonly onOpen: (point: Point) => void;
  readonly onDone: () => void;
}

/** Every restore point: whose, when, and how far from what is now. */
export function PointTable({ points, onOpen, onDone }: Props) {
  const [removing, setRemoving] = useState<Point | null>(null);
  const remove = async ({ id, name, revision }: Point, reason: string) => {
    setRemoving(null);
    const answer = await command('restorePoint.remove', { id, expectedRevision: revision, reason });
    reportResult('restore', `Removing “${name}”`, `“${name}” is removed`, answer);
    onDone();
  };
  const columns: readonly Column<Point>[] = [
    {
      id: 'name',
      title: 'Restore point',
      cell: (row) => (
        <span className={classes.name} title={row.name}>
          <strong>{row.name}</strong>
          {row.automatic ? <Tag title="Made by itself; the oldest of these go">automatic</Tag> : null}
        </span>
      ),
    },
    { id: 'by', title: 'By', width: '130px', cell: ({ by }) => by },
    { id: 'why', title: 'Why', width: '200px', cell: ({ reason }) => (reason === '' ? <span className={shared.quiet}>–</span> : reason) },
    { id: 'when', title: 'When', width: '96px', cell: ({ takenAt }) => <TimeAgo at={takenAt} /> },
    { id: 'differs', title: 'From now', width: '150px', cell: ({ differing }) => differsWords(differing) },
    {
      id: 'acts',
      title: <span className="visually-hidden">Acts</span>,
      align: 'end',
      width: '112px',
      cell: (row) => (
        <span className={shared.ends}>
          <Button
            size="small"
            aria-label={`Compare ${row.name}`}
            onClick={(event) => {
              event.stopPropagation();
              onOpen(row);
            }}
          >
            Compare
          </Button>
          <IconButton
            size="small"
            label={`Remove ${row.name}`}
            icon={<IconTrash size={14} />}
            onClick={(event) => {
              event.stopPropagation();
              setRemoving(row);
            }}
          />
        </span>
      ),
    },
  ];
  return (
    <div className={classes.table}>
      <Table label="Restore points" columns={columns} rows={points} rowKey={({ id }) => id} onOpen={onOpen} isFixed />
      <ConfirmDialog
        isOpen={removing !== null}
        onClose={() => setRemoving(null)}
        title={`Remove “${removing?.name ?? ''}”`}
        action="Remove the restore point"
        reason="optional"
        onConfirm={({ reason }) => removing !== null && void remove(removing, reason)}
      >
        <p>The set-up stays as it is. That it was so once is in the history of each document still, but no longer under this name.</p>
      </ConfirmDialog>
    </div>
  );
}
