import type { BlastRadius } from '#contract/operations/switches.ts';
import { destinationName } from '#renderer/client/documents.ts';
import type { Query } from '#renderer/client/use-query.ts';
import { Num } from '#renderer/ui/num.tsx';
import { ErrorState, Skeleton } from '#renderer/ui/placeholders.tsx';
import { age, counted, duration, exact, type Quantity, toText } from '#renderer/ui/quantity.ts';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { type BlastRow, type BlastTotals, totalsOf } from './blast.ts';
import classes from './blast-table.module.css';

function Count({ value }: { readonly value: number }) {
  return value === 0 ? <span className={classes.zero}>0</span> : <Num of={exact(value)} />;
}

function perMinute(value: number): Quantity {
  const rounded = value >= 100 ? Math.round(value) : Math.round(value * 10) / 10;
  return [{ value: rounded.toLocaleString('en-US'), unit: '/min' }];
}

const column = (id: string, title: string, cell: Column<BlastRow>['cell']): Column<BlastRow> => ({ id, title, align: 'end', cell });
const columns = {
  name: { id: 'name', title: 'Destination', cell: (row: BlastRow) => destinationName(row.destination) },
  rate: column('rate', 'Events in', (row) => <Num of={perMinute(row.eventsPerMinute)} />),
  inFlight: column('inFlight', 'In flight', (row) => <Count value={row.inFlight} />),
  waiting: column('waiting', 'Waiting', (row) => <Count value={row.waiting} />),
  held: column('held', 'Held', (row) => <Count value={row.held} />),
  retrying: column('retrying', 'Retrying', (row) => <Count value={row.retrying} />),
  tooOld: column('tooOld', 'Too old', (row) => <Count value={row.tooOld} />),
  twice: column('twice', 'Possibly twice', (row) => <Count value={row.possiblyTwice} />),
  budget: column('budget', 'Budget full in', (row) =>
    row.budgetFullInMs === null ? <span className={classes.zero}>never</span> : <Num of={age(row.budgetFullInMs)} />,
  ),
  eta: column('eta', 'Drained in', (row) => <Num of={duration(row.drainEtaMs)} />),
};
const shown = {
  park: [columns.name, columns.rate, columns.inFlight, columns.waiting, columns.held, columns.retrying, columns.budget],
  drop: [columns.name, columns.rate, columns.inFlight, columns.waiting, columns.held, columns.retrying],
  open: [columns.name, columns.waiting, columns.held, columns.retrying, columns.tooOld, columns.twice, columns.eta],
} as const;

/** What a switch would touch, destination by destination. `purpose` chooses the columns that matter for it. */
export function BlastTable({ preview, purpose }: { readonly preview: BlastRadius; readonly purpose: Purpose }) {
  const rows = [...preview.destinations].sort((a, b) => b.waiting + b.held + b.eventsPerMinute - (a.waiting + a.held + a.eventsPerMinute));
  return (
    <div className={classes.limited}>
      <Table
        label="What it touches"
        columns={shown[purpose]}
        rows={rows}
        rowKey={(row) => row.destination}
        isDense
        empty="No destination is in this scope."
      />
    </div>
  );
}

export type Purpose = 'park' | 'drop' | 'open';

/** The same in one sentence, with what the act costs. */
function BlastSummary({ preview, purpose }: { readonly preview: BlastRadius; readonly purpose: Exclude<Purpose, 'open'> }) {
  const totals = totalsOf(preview);
  return (
    <p className={classes.summary}>
      Touches <strong>{counted(totals.destinations, 'destination')}</strong>, <strong>{toText(perMinute(totals.eventsPerMinute))}</strong>{' '}
      coming in, <strong>{counted(totals.inFlight, 'request')}</strong> in flight.{' '}
      {purpose === 'park' ? budgetWords(totals) : 'What comes in is lost from now on.'}
    </p>
  );
}

function budgetWords({ budgetFullInMs, destinations }: BlastTotals): string {
  if (budgetFullInMs === null) return 'At the present rate no backlog budget fills.';
  return `${destinations === 1 ? 'Its' : 'The first'} backlog budget is full in ${toText(age(budgetFullInMs))}; then its oldest events expire.`;
}

/** A preview in any of its states: loading, failed, there. */
export function BlastPreview({
  preview,
  error,
  isLoading,
  reload,
  purpose,
}: Pick<Query<unknown>, 'error' | 'isLoading' | 'reload'> & { readonly preview: BlastRadius | null; readonly purpose: Purpose }) {
  if (preview !== null) {
    return (
      <>
        {purpose === 'open' ? null : <BlastSummary preview={preview} purpose={purpose} />}
        <BlastTable preview={preview} purpose={purpose} />
      </>
    );
  }
  if (error !== null)
    return <ErrorState error={error} meaning="What this would touch is not known. Nothing was changed." onRetry={reload} />;
  return isLoading ? <Skeleton rows={3} label="Counting what this touches" /> : null;
}
