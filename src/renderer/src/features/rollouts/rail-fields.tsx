import { NativeSelect, NumberInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { isShare } from '#contract/documents/guardrail.ts';
import { destinationName, useDocuments } from '#renderer/client/documents.ts';
import { IconButton } from '#renderer/ui/button.tsx';
import classes from './rollouts.module.css';
import { canCompare, offeredMetrics, type RailDraft } from './start-draft.ts';
import { metricTitle } from './words.ts';

/** One guardrail of the dialog, in a row. */
export function RailFields({
  number,
  rail,
  onChange,
  onRemove,
}: {
  readonly number: number;
  readonly rail: RailDraft;
  readonly onChange: (rail: RailDraft) => void;
  /** Null: it is the only one. */
  readonly onRemove: (() => void) | null;
}) {
  const destinations = useDocuments('destination');
  const change = (patch: Partial<RailDraft>) => onChange({ ...rail, ...patch });
  const amount = (value: string | number, patch: (value: number) => Partial<RailDraft>) => {
    if (typeof value === 'number' && value >= 0) change(patch(value));
  };
  const of = `of guardrail ${number}`;
  return (
    <div className={classes.rail}>
      <NativeSelect
        aria-label={`Measure ${of}`}
        value={rail.metric}
        data={offeredMetrics.map((metric) => ({ value: metric, label: metricTitle(metric) }))}
        onChange={(event) => {
          const metric = offeredMetrics.find((each) => each === event.currentTarget.value) ?? 'errors';
          change({ metric, limit: isShare(metric) ? (metric === 'slow' ? 5 : 2) : metric === 'delivered' ? 1 : 1000 });
        }}
      />
      <NativeSelect
        aria-label={`Destination ${of}`}
        value={rail.destination}
        data={destinations.map(({ id }) => ({ value: id, label: destinationName(id) }))}
        onChange={(event) => change({ destination: event.currentTarget.value })}
      />
      <NativeSelect
        aria-label={`Held against what, ${of}`}
        value={canCompare(rail.metric) ? rail.kind : 'threshold'}
        data={[
          { value: 'threshold', label: rail.metric === 'delivered' ? 'at least' : 'at most' },
          ...(canCompare(rail.metric) ? [{ value: 'before', label: 'than the hour before, at most' }] : []),
        ]}
        onChange={(event) => change({ kind: event.currentTarget.value === 'before' ? 'before' : 'threshold' })}
      />
      <NumberInput
        aria-label={`Limit ${of}`}
        value={rail.limit}
        min={0}
        max={isShare(rail.metric) ? 100 : 10_000_000}
        suffix={isShare(rail.metric) ? ' %' : ''}
        hideControls
        onChange={(value) => amount(value, (limit) => ({ limit }))}
      />
      {rail.metric === 'slow' ? (
        <NumberInput
          aria-label={`Slow from, ms, ${of}`}
          value={rail.overMs}
          min={1}
          max={600_000}
          prefix="over "
          suffix=" ms"
          hideControls
          onChange={(value) => amount(value, (overMs) => ({ overMs: Math.max(1, Math.round(overMs)) }))}
        />
      ) : null}
      <NativeSelect
        aria-label={`What happens beyond, ${of}`}
        value={rail.onBreach}
        data={[
          { value: 'revert', label: 'else revert' },
          { value: 'pause', label: 'else pause' },
        ]}
        onChange={(event) => change({ onBreach: event.currentTarget.value === 'pause' ? 'pause' : 'revert' })}
      />
      {onRemove === null ? null : <IconButton label={`Remove guardrail ${number}`} icon={<IconX size={14} />} onClick={onRemove} />}
    </div>
  );
}
