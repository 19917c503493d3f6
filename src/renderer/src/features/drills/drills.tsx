import { IconPlayerStop } from '@tabler/icons-react';
import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { destinationName } from '#renderer/client/documents.ts';
import { Loading } from '#renderer/frame/loading.tsx';
import { useCommand } from '#renderer/frame/use-command.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Callout } from '#renderer/ui/callout.tsx';
import { Page } from '#renderer/ui/page.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { ErrorState } from '#renderer/ui/placeholders.tsx';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import classes from './drills.module.css';
import { StartDrill } from './start-drill.tsx';
import { useDrills } from './use-drills.ts';
import { drillTitles, standingOf, timesOf } from './words.ts';

type Entry = OutputOf<Operations['drill.list']>['drills'][number];

/** Drills: break something on purpose, and see how long it takes until it is noticed and until it is well again. */
export function Drills() {
  const { data, error, isLoading, reload, running } = useDrills();
  return (
    <Page>
      {data === null && isLoading ? <Loading rows={8} label="drills" /> : null}
      {data === null && error !== null ? <ErrorState error={error} onRetry={reload} /> : null}
      {data === null ? null : (
        <>
          {running === null ? null : <Running entry={running} />}
          <StartDrill list={data} isBusy={running !== null} />
          <Past entries={data.drills} />
        </>
      )}
    </Page>
  );
}

function whom({ drill }: Entry): string {
  if (drill.destination !== null) return destinationName(drill.destination);
  return drill.kind === 'degraded-network' ? 'every simulated vendor' : 'the gateway';
}

function Running({ entry }: { readonly entry: Entry }) {
  const { run, isBusy, state } = useCommand();
  const { drill, id } = entry;
  const { word, mark } = standingOf(drill);
  return (
    <div role="status" aria-label="Running drill">
      <Callout
        state={mark}
        title={`${drillTitles[drill.kind]} at ${whom(entry)}: ${word.toLowerCase()}`}
        actions={
          <Button size="small" icon={<IconPlayerStop size={14} />} isBusy={isBusy} onClick={() => void run('drill.stop', { id })}>
            Stop the drill
          </Button>
        }
      >
        <p>
          Started by {entry.by} <TimeAgo at={drill.startedAt} />. {drill.detectedBy === '' ? '' : `Noticed: ${drill.detectedBy}`}
        </p>
        <p>It goes on, and ends, without this window too.</p>
      </Callout>
      {state.error === null ? null : <ErrorState error={state.error} />}
    </div>
  );
}

const columns: readonly Column<Entry>[] = [
  {
    id: 'kind',
    title: 'Drill',
    width: '176px',
    cell: (entry) => (
      <span>
        <strong>{drillTitles[entry.drill.kind]}</strong>
        <span className={classes.note}>{whom(entry)}</span>
      </span>
    ),
  },
  {
    id: 'outcome',
    title: 'Outcome',
    width: '172px',
    cell: ({ drill }) => {
      const { word, mark } = standingOf(drill);
      return (
        <span className={classes.outcome}>
          <StatusMark state={mark} />
          {word}
        </span>
      );
    },
  },
  { id: 'detect', title: 'To detect', width: '92px', align: 'end', cell: ({ drill }) => timesOf(drill).toDetect },
  { id: 'recover', title: 'To recover', width: '92px', align: 'end', cell: ({ drill }) => timesOf(drill).toRecover },
  {
    id: 'by',
    title: 'Noticed by',
    cell: ({ drill }) => (
      <span>
        {drill.detectedBy}
        {drill.note === '' ? null : <span className={classes.note}>{drill.note}</span>}
      </span>
    ),
  },
  {
    id: 'when',
    title: 'Run',
    width: '104px',
    cell: ({ by, drill }) => (
      <span>
        <TimeAgo at={drill.startedAt} />
        <span className={classes.note}>by {by}</span>
      </span>
    ),
  },
];

function Past({ entries }: { readonly entries: readonly Entry[] }) {
  return (
    <Panel title="Past drills" note="kept with the gateway" isFlush>
      <Table
        label="Past drills"
        columns={columns}
        rows={entries.filter(({ drill }) => drill.phase === 'done')}
        rowKey={({ id }) => id}
        empty="None yet. A drill that was never run is a plan that was never tried."
        isFixed
      />
    </Panel>
  );
}
