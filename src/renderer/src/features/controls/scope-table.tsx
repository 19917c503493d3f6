import type { SourceTick } from '#contract/telemetry/tick.ts';
import { setQuery } from '#renderer/frame/router.ts';
import type { ScopeRow } from '#renderer/frame/scopes.ts';
import type { DestinationLive } from '#renderer/streams/live.ts';
import { useTelemetry } from '#renderer/streams/telemetry.ts';
import { Num } from '#renderer/ui/num.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { age, perSecond } from '#renderer/ui/quantity.ts';
import { stateLooks } from '#renderer/ui/state.ts';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
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

function rateColumn(
  destinations: ReadonlyMap<string, DestinationLive>,
  sources: ReadonlyMap<string, SourceTick>,
  windowMs: number,
): Column<ScopeRow> {
  const of = ({ scope }: ScopeRow): number | undefined => {
    if (scope.type === 'destination') return destinations.get(scope.destination)?.ratePerSecond;
    const source = scope.type === 'source' ? sources.get(scope.source) : undefined;
    return source === undefined ? undefined : (source.accepted * 1000) / Math.max(1, windowMs);
  };
  return { id: 'rate', title: 'Rate now', align: 'end', width: '92px', cell: (row) => <Num of={perSecond(of(row))} /> };
}

function nameColumn(destinations: ReadonlyMap<string, DestinationLive>): Column<ScopeRow> {
  return {
    id: 'name',
    title: 'Scope',
    cell: (row) => {
      const state = row.scope.type === 'destination' ? (destinations.get(row.scope.destination)?.state ?? 'none') : null;
      return (
        <span className={classes.rowName}>
          {state === null ? null : <StatusMark state={state} label={stateLooks[state].word} />}
          <span className={classes.rowTitle}>{row.name}</span>
          <span className={classes.quiet}>{row.detail}</span>
        </span>
      );
    },
  };
}

/** The switches of one kind of scope. A row opens its history. */
export function ScopeTable({
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
  const destinations = useTelemetry((state) => state.destinations);
  const sources = useTelemetry((state) => state.sources);
  const windowMs = useTelemetry((state) => state.tick?.windowMs ?? 1000);
  const columns = [nameColumn(destinations), ...base, rateColumn(destinations, sources, windowMs)];
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
}
