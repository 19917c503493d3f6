import { memo } from 'react';
import { setQuery } from '#renderer/frame/router.ts';
import type { ScopeRow } from '#renderer/frame/scopes.ts';
import { LiveMark, LiveRate, LiveSourceRate } from '#renderer/streams/live-cells.tsx';
import { Num } from '#renderer/ui/num.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { age } from '#renderer/ui/quantity.ts';
import shared from '#renderer/ui/shared.module.css';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { absolute } from '#renderer/ui/time.ts';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { useNow } from '#renderer/ui/use-now.ts';
import classes from './controls.module.css';
import { ModeSwitch } from './mode-switch.tsx';

function Until({ at }: { readonly at: number }) {
  const now = useNow();
  return (
    <span title={absolute(at)}>
      <Num of={age(Math.max(0, at - now))} />
    </span>
  );
}

const quiet = <span className={classes.zero}>–</span>;

const base: readonly Column<ScopeRow>[] = [
  {
    id: 'mode',
    title: 'Switch',
    width: '212px',
    cell: (row) => (
      <Stop>
        <ModeSwitch scope={row.scope} name={row.name} mode={row.mode} />
      </Stop>
    ),
  },
  { id: 'since', title: 'Since', width: '96px', cell: (row) => (row.set === null ? quiet : <TimeAgo at={row.set.at} />) },
  {
    id: 'until',
    title: 'Until',
    width: '96px',
    cell: (row) => (row.mode === 'flow' || row.set?.until == null ? quiet : <Until at={row.set.until} />),
  },
  { id: 'by', title: 'Who', width: '112px', cell: (row) => (row.set === null ? quiet : row.set.by) },
  {
    id: 'why',
    title: 'Why',
    width: '26%',
    cell: (row) =>
      row.set === null || row.set.reason === '' ? (
        quiet
      ) : (
        <span className={classes.ellipsis} title={row.set.reason}>
          {row.set.reason}
        </span>
      ),
  },
];

/** Presses on the switch are not presses on the row. */
function Stop({ children }: { readonly children: React.ReactNode }) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: only keeps the row from opening
    <span onClick={(event) => event.stopPropagation()}>{children}</span>
  );
}

const rateColumn: Column<ScopeRow> = {
  id: 'rate',
  title: 'Rate now',
  align: 'end',
  width: '92px',
  cell: ({ scope }) =>
    scope.type === 'destination' ? (
      <LiveRate id={scope.destination} />
    ) : scope.type === 'source' ? (
      <LiveSourceRate id={scope.source} />
    ) : (
      quiet
    ),
};

const nameColumn: Column<ScopeRow> = {
  id: 'name',
  title: 'Scope',
  cell: (row) => (
    <span className={shared.named}>
      {row.scope.type === 'destination' ? <LiveMark id={row.scope.destination} /> : null}
      <span className={classes.rowTitle}>{row.name}</span>
      <span className={shared.quiet}>{row.detail}</span>
    </span>
  ),
};
const columns = [nameColumn, ...base, rateColumn];

/** The switches of one kind of scope. A row opens its history. */
export const ScopeTable = memo(function ScopeTable({
  title,
  note,
  rows,
  empty,
}: {
  readonly title: string;
  readonly note?: string;
  readonly rows: readonly ScopeRow[];
  readonly empty: string;
}) {
  return (
    <Panel title={title} {...(note === undefined ? {} : { note })} isFlush>
      {rows.length === 0 ? (
        <p className={classes.none}>{empty}</p>
      ) : (
        <div className={classes.scopes}>
          <Table
            label={title}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.id}
            onOpen={(row) => setQuery({ inspect: row.id })}
            isFixed
          />
        </div>
      )}
    </Panel>
  );
});
