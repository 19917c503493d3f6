import { NativeSelect } from '@mantine/core';
import { IconFlame } from '@tabler/icons-react';
import { useState } from 'react';
import type { DrillKind } from '#contract/documents/drill.ts';
import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { destinationName } from '#renderer/client/documents.ts';
import { useCommand } from '#renderer/frame/use-command.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Callout } from '#renderer/ui/callout.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { ErrorState } from '#renderer/ui/placeholders.tsx';
import { type Column, Table } from '#renderer/ui/table.tsx';
import classes from './drills.module.css';

type DrillList = OutputOf<Operations['drill.list']>;
type Kind = DrillList['kinds'][number];

/** The drills that can be run, one click each. */
export function StartDrill({ list, isBusy }: { readonly list: DrillList; readonly isBusy: boolean }) {
  const { run, state, isBusy: isStarting } = useCommand();
  const [chosen, setChosen] = useState('');
  const destination = list.destinations.includes(chosen) ? chosen : (list.destinations[0] ?? '');
  const refusals = new Set(list.kinds.map(({ refusal }) => refusal));
  const [everywhere] = refusals;
  const start = (kind: DrillKind, needsDestination: boolean) =>
    void run('drill.start', { kind, ...(needsDestination ? { destination } : {}) });
  const columns: readonly Column<Kind>[] = [
    { id: 'kind', title: 'Drill', width: '156px', cell: ({ title }) => <strong>{title}</strong> },
    { id: 'what', title: 'What it breaks', cell: ({ what }) => what },
    {
      id: 'whom',
      title: 'At',
      width: '184px',
      cell: ({ needsDestination, title }) =>
        needsDestination && list.destinations.length > 0 ? (
          <NativeSelect
            size="xs"
            aria-label={`Destination of the drill ${title}`}
            data={list.destinations.map((id) => ({ value: id, label: destinationName(id) }))}
            value={destination}
            onChange={(event) => setChosen(event.currentTarget.value)}
          />
        ) : null,
    },
    {
      id: 'start',
      title: <span className="visually-hidden">Act</span>,
      width: '124px',
      align: 'end',
      cell: ({ kind, title, needsDestination, refusal }) => (
        <Button
          size="small"
          icon={<IconFlame size={14} />}
          disabled={refusal !== null || isBusy || isStarting}
          title={refusal ?? undefined}
          onClick={() => start(kind, needsDestination)}
        >
          Start drill<span className="visually-hidden"> {title}</span>
        </Button>
      ),
    },
  ];
  return (
    <Panel title="Run a drill" note="what is broken is put right by itself, at the latest after a minute" isFlush>
      {refusals.size === 1 && everywhere != null ? (
        <div className={classes.callout}>
          <Callout state="held" title="No drill can be run here">
            {everywhere}
          </Callout>
        </div>
      ) : null}
      {state.error === null ? null : <ErrorState error={state.error} />}
      <Table label="Drills that can be run" columns={columns} rows={list.kinds} rowKey={({ kind }) => kind} isFixed />
      <Refusals kinds={list.kinds} isAlike={refusals.size === 1} />
    </Panel>
  );
}

/** Why some of them cannot be run. */
function Refusals({ kinds, isAlike }: { readonly kinds: readonly Kind[]; readonly isAlike: boolean }) {
  const refused = kinds.filter(({ refusal }) => refusal !== null);
  if (isAlike || refused.length === 0) return null;
  return (
    <ul className={classes.refusals}>
      {[...Map.groupBy(refused, ({ refusal }) => refusal ?? '')].map(([refusal, of]) => (
        <li key={refusal}>
          {of.map(({ title }) => title).join(', ')}: {refusal}
        </li>
      ))}
    </ul>
  );
}
