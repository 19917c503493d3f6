import { useState } from 'react';
import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import type { Ledger } from '#contract/telemetry/ledger.ts';
import { destinationName, documentOf } from '#renderer/client/documents.ts';
import { navigate } from '#renderer/frame/router.ts';
import type { FlowRates } from '#renderer/streams/flow-rates.ts';
import { LiveMark } from '#renderer/streams/live-cells.tsx';
import { Button } from '#renderer/ui/button.tsx';
import { Num } from '#renderer/ui/num.tsx';
import { exact, perSecond } from '#renderer/ui/quantity.ts';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { type Column, Table } from '#renderer/ui/table.tsx';
import classes from './flow.module.css';

type SourceTotals = OutputOf<Operations['ledger.read']>['sources'][number];

/** Exact counts, zeros quiet. */
function Count({ value }: { readonly value: number | undefined }) {
  if (value === undefined) return <span className={classes.zero}>–</span>;
  return value === 0 ? <span className={classes.zero}>0</span> : <Num of={exact(value)} />;
}

/** Whether the equation in the row adds up. */
function Balance({ isBalanced, equation }: { readonly isBalanced: boolean; readonly equation: string }) {
  return (
    <span className={classes.balance} title={equation}>
      <StatusMark state={isBalanced ? 'healthy' : 'failing'} size={10} />
      {isBalanced ? 'balanced' : 'does not add up'}
    </span>
  );
}

const outcomes = ['accepted', 'duplicate', 'malformed', 'quarantined', 'throttled', 'refused'] as const;

/** Per source, since the gateway's data folder was made: what came in and what became of it. */
export function SourceTable({ sources, rates }: { readonly sources: readonly SourceTotals[]; readonly rates: FlowRates }) {
  const end = (id: string, title: string, cell: Column<SourceTotals>['cell']): Column<SourceTotals> => ({ id, title, align: 'end', cell });
  const columns: readonly Column<SourceTotals>[] = [
    {
      id: 'source',
      title: 'Source',
      cell: (row) => <span className={classes.name}>{documentOf('source', row.source)?.value?.name ?? row.source}</span>,
    },
    end('rate', 'Accepted now', (row) => <Num of={perSecond(rates.sources.get(row.source)?.accepted)} />),
    end('received', 'Received', (row) => <Count value={row.received} />),
    ...outcomes.map((outcome) => end(outcome, outcome.charAt(0).toUpperCase() + outcome.slice(1), (row) => <Count value={row[outcome]} />)),
    {
      id: 'balance',
      title: 'S1',
      width: '112px',
      cell: (row) => (
        <Balance isBalanced={row.balanced} equation="received = accepted + duplicate + malformed + quarantined + throttled + refused" />
      ),
    },
  ];
  return (
    <Table
      label="Sources in figures"
      columns={columns}
      rows={sources}
      rowKey={(row) => row.source}
      isDense
      empty="No source has sent anything yet."
    />
  );
}

const states = [
  ['waiting', 'Waiting'],
  ['held', 'Held'],
  ['retrying', 'Retrying'],
  ['dead', 'Dead'],
  ['dropped', 'Dropped'],
  ['expired', 'Expired'],
  ['filtered', 'Filtered'],
] as const;

const ledgerEnd = (id: string, title: string, cell: Column<Ledger>['cell']): Column<Ledger> => ({ id, title, align: 'end', cell });
const ledgerColumns: readonly Column<Ledger>[] = [
  {
    id: 'destination',
    title: 'Destination',
    cell: (row) => (
      <span className={classes.named}>
        <LiveMark id={row.destination} />
        <span className={classes.name}>{destinationName(row.destination)}</span>
      </span>
    ),
  },
  ledgerEnd('total', 'Accepted', (row) => <Count value={row.total + row.replayed + row.divertedIn} />),
  ledgerEnd('delivered', 'Delivered', (row) => <Count value={(row.states.confirmed ?? 0) + (row.states.accepted ?? 0)} />),
  ...states.map(([state, title]) => ledgerEnd(state, title, (row) => <Count value={row.states[state]} />)),
  {
    id: 'balance',
    title: 'L1 to L4',
    width: '112px',
    cell: (row) => (
      <Balance
        isBalanced={row.balanced}
        equation={row.balanced ? 'accepted + replayed = the sum of all states' : row.violations.join('. ')}
      />
    ),
  },
];

/** Most rows that are drawn unasked: exact counts of hundreds, every two seconds, would cost more than they tell. */
const mostRows = 50;

/** What is wrong or stands still first; then the busiest. */
function ranked(ledgers: readonly Ledger[]): readonly Ledger[] {
  const open = ({ states: { dead = 0, retrying = 0, waiting = 0, held = 0 } }: Ledger) => dead + retrying + waiting + held;
  return [...ledgers].sort((a, b) => Number(a.balanced) - Number(b.balanced) || open(b) - open(a) || b.total - a.total);
}

/** Per destination: every accepted event is in exactly one of these states. */
export function DestinationTable({ ledgers }: { readonly ledgers: readonly Ledger[] }) {
  const [isWhole, setIsWhole] = useState(false);
  const isCut = !isWhole && ledgers.length > mostRows;
  return (
    <>
      <Table
        label="Destinations in figures"
        columns={ledgerColumns}
        rows={isCut ? ranked(ledgers).slice(0, mostRows) : ledgers}
        rowKey={(row) => row.destination}
        onOpen={(row) => navigate(`/destinations/${row.destination}`)}
        isDense
        empty="No destination has a ledger yet."
      />
      {isCut ? (
        <div className={classes.more}>
          <Button size="small" onClick={() => setIsWhole(true)}>
            Show all {ledgers.length} destinations
          </Button>
        </div>
      ) : null}
    </>
  );
}
