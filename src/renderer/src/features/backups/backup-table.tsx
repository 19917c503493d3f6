import type { BackupSummary } from '#contract/operations/backup.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Num } from '#renderer/ui/num.tsx';
import { bytes, duration } from '#renderer/ui/quantity.ts';
import shared from '#renderer/ui/shared.module.css';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import classes from './backups.module.css';
import { judge } from './words.ts';

interface Props {
  readonly backups: readonly BackupSummary[];
  /** One thing at a time: something goes on. */
  readonly isBusy: boolean;
  readonly shown: string | null;
  readonly onOpen: (backup: BackupSummary) => void;
  readonly onStart: (work: 'check' | 'drill', id: string) => void;
}

/** Every backup in the folder, newest first, with what is known of it. */
export function BackupTable({ backups, isBusy, shown, onOpen, onStart }: Props) {
  const columns: readonly Column<BackupSummary>[] = [
    {
      id: 'at',
      title: 'Taken',
      cell: (row) => (
        <span className={classes.two}>
          {row.at === null ? <span className={shared.quiet}>not known</span> : <TimeAgo at={row.at} />}
          <code className={shared.quiet}>{row.id}</code>
        </span>
      ),
    },
    { id: 'state', title: 'State', width: '132px', cell: (row) => <State backup={row} /> },
    { id: 'mode', title: 'Kind', width: '104px', cell: ({ mode }) => mode ?? '–' },
    { id: 'bytes', title: 'Size', align: 'end', width: '88px', cell: (row) => <Num of={bytes(row.bytes)} /> },
    { id: 'took', title: 'Took', align: 'end', width: '80px', cell: (row) => <Num of={duration(row.durationMs)} /> },
    { id: 'drill', title: 'Recovers in', align: 'end', width: '100px', cell: ({ drill }) => <Num of={duration(drill?.recoveryMs)} /> },
    {
      id: 'acts',
      title: <span className="visually-hidden">Acts</span>,
      align: 'end',
      width: '244px',
      cell: (row) =>
        row.state === 'complete' ? (
          <span className={shared.ends}>
            <Button
              size="small"
              disabled={isBusy}
              aria-label={`Verify ${row.id}`}
              onClick={(event) => {
                event.stopPropagation();
                onStart('check', row.id);
              }}
            >
              Verify
            </Button>
            <Button
              size="small"
              disabled={isBusy}
              aria-label={`Rehearse a restore of ${row.id}`}
              onClick={(event) => {
                event.stopPropagation();
                onStart('drill', row.id);
              }}
            >
              Rehearse a restore
            </Button>
          </span>
        ) : null,
    },
  ];
  return (
    <div className={classes.table}>
      <Table
        label="Backups"
        columns={columns}
        rows={backups}
        rowKey={({ id }) => id}
        onOpen={onOpen}
        isCurrent={({ id }) => id === shown}
        isFixed
        empty="There is none yet. The first is taken by its schedule, or now."
      />
    </div>
  );
}

function State({ backup }: { readonly backup: BackupSummary }) {
  const { mark, word, detail } = judge(backup);
  return (
    <span className={classes.state} title={detail}>
      <StatusMark state={mark} />
      {word}
    </span>
  );
}
