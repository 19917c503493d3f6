import type { Erasure, VendorErasure } from '#contract/documents/erasure.ts';
import { destinationName, revisionOf } from '#renderer/client/documents.ts';
import { ActProblem } from '#renderer/frame/act-problem.tsx';
import { showToast } from '#renderer/frame/toasts.ts';
import { useCommand } from '#renderer/frame/use-command.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Id } from '#renderer/ui/command-line.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { Progress } from '#renderer/ui/progress.tsx';
import shared from '#renderer/ui/shared.module.css';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { absolute } from '#renderer/ui/time.ts';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import classes from './forgetting.module.css';
import { progressOf, shareOf, vendorLooks } from './words.ts';

/** One erasure: what went here, how far each vendor is, and what a person must do. */
export function ErasureDialog({ id, erasure, onClose }: { readonly id: string; readonly erasure: Erasure; readonly onClose: () => void }) {
  const { state, isBusy, run } = useCommand();
  const act = async (what: 'retry' | 'settle', destination: string) => {
    const fields = { id, destination, expectedRevision: revisionOf('erasure', id) };
    const end = what === 'retry' ? await run('erasure.retry', fields) : await run('erasure.settle', fields);
    if (!end.ok) return;
    const name = destinationName(destination);
    showToast({ id: `erasure ${id}`, title: what === 'retry' ? `${name} is asked again` : `${name} is done, by hand` });
  };
  const columns: readonly Column<VendorErasure>[] = [
    {
      id: 'vendor',
      title: 'Vendor',
      width: '20%',
      cell: ({ destination }) => <span className={classes.name}>{destinationName(destination)}</span>,
    },
    {
      id: 'state',
      title: 'Is',
      width: '112px',
      cell: (row) => (
        <span className={classes.state}>
          <StatusMark state={vendorLooks[row.state].mark} size={10} /> {row.isConfirmed ? 'confirmed' : vendorLooks[row.state].word}
        </span>
      ),
    },
    { id: 'detail', title: 'Detail', cell: (row) => <Detail row={row} /> },
    {
      id: 'acts',
      title: <span className="visually-hidden">Acts</span>,
      align: 'end',
      width: '164px',
      cell: (row) => (
        <span className={classes.acts}>
          {row.state === 'failed' ? (
            <Button
              size="small"
              isBusy={isBusy}
              aria-label={`Ask ${destinationName(row.destination)} again`}
              onClick={() => void act('retry', row.destination)}
            >
              Ask again
            </Button>
          ) : null}
          {row.state === 'failed' || row.state === 'notOffered' ? (
            <Button
              size="small"
              look="quiet"
              isBusy={isBusy}
              aria-label={`Done by hand at ${destinationName(row.destination)}`}
              onClick={() => void act('settle', row.destination)}
            >
              Done by hand
            </Button>
          ) : null}
        </span>
      ),
    },
  ];
  return (
    <Dialog
      isOpen
      onClose={onClose}
      width={860}
      title="An erasure"
      footer={
        <>
          <ActProblem state={state} />
          <Button onClick={onClose}>Close</Button>
        </>
      }
    >
      <div className={shared.stack}>
        <p>
          <Id value={id} keep={30} />{' '}
          <span className={shared.quiet}>
            requested <TimeAgo at={erasure.requestedAt} />
            {erasure.alsoSuppress ? '; new events of this person are kept without content until it is over' : ''}
          </span>
        </p>
        <Progress label="Erasure" share={shareOf(erasure)}>
          {progressOf(erasure)}
        </Progress>
        <p className={shared.muted}>
          {erasure.local.state === 'done' ? `Here: gone since ${absolute(erasure.local.at)}.` : `Here: not yet. ${erasure.local.detail}`}{' '}
          {erasure.local.places
            .filter(({ removed }) => removed > 0)
            .map(({ place, removed }) => `${removed.toLocaleString('en-US')} from ${place}`)
            .join(', ')}
        </p>
        <Table
          label="At vendors"
          columns={columns}
          rows={erasure.destinations}
          rowKey={({ destination }) => destination}
          isFixed
          empty="No vendor had to be asked."
        />
      </div>
    </Dialog>
  );
}

function Detail({ row }: { readonly row: VendorErasure }) {
  const next = row.nextAt === null ? '' : `asked again ${absolute(row.nextAt)}`;
  const reference = row.reference === null ? '' : `their number ${row.reference}`;
  const attempts = row.attempts > 1 ? `${row.attempts} attempts` : '';
  return (
    <span className={classes.detail}>
      {[row.detail, attempts, reference, next].filter((part) => part !== '').join(' · ')}
      {row.suggestedAction === '' ? null : <strong> {row.suggestedAction}</strong>}
    </span>
  );
}
