import { Checkbox, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useDocuments } from '#renderer/client/documents.ts';
import shared from '#renderer/ui/shared.module.css';
import classes from './recovery.module.css';
import type { Selection } from './replay-dialog.tsx';

interface Range {
  readonly from: string;
  readonly to: string;
  readonly source: string;
  readonly event: string;
  readonly includeFiltered: boolean;
}

/** `2026-11-21T03:00` as UTC; null where it is none. */
function at(text: string): number | null {
  const time = Date.parse(`${text}Z`);
  return Number.isNaN(time) ? null : time;
}

function selectionOf({ from, to, source, event, includeFiltered }: Range): Selection | null {
  const fromMs = at(from);
  const toMs = at(to);
  if (fromMs === null || (toMs !== null && toMs <= fromMs)) return null;
  return {
    type: 'range',
    fromMs,
    includeFiltered,
    ...(toMs === null ? {} : { toMs }),
    ...(source === '' ? {} : { source }),
    ...(event.trim() === '' ? {} : { event: event.trim() }),
  };
}

/** A stretch of the log by when events were received: what a vendor lost in an outage of its own, to the event. */
export function RangeFields({ onChange }: { readonly onChange: (selection: Selection | null) => void }) {
  const sources = useDocuments('source');
  const [range, setRange] = useState<Range>({ from: '', to: '', source: '', event: '', includeFiltered: false });
  const change = (values: Partial<Range>) => {
    const next = { ...range, ...values };
    setRange(next);
    onChange(selectionOf(next));
  };
  const isBackward = at(range.from) !== null && at(range.to) !== null && selectionOf(range) === null;
  return (
    <>
      <p className={shared.muted}>
        Everything that was received in a stretch of time and went to this destination is given to it once more.
      </p>
      <div className={classes.two}>
        <TextInput
          type="datetime-local"
          label="Received since, UTC"
          value={range.from}
          onChange={(event) => change({ from: event.currentTarget.value })}
        />
        <TextInput
          type="datetime-local"
          label="Received before, UTC"
          description="empty: until now"
          value={range.to}
          error={isBackward ? 'must be later' : undefined}
          onChange={(event) => change({ to: event.currentTarget.value })}
        />
        <Select
          label="From source"
          data={[{ value: '', label: 'Any' }, ...sources.map(({ id, value }) => ({ value: id, label: value?.name ?? id }))]}
          value={range.source}
          allowDeselect={false}
          onChange={(value) => change({ source: value ?? '' })}
        />
        <TextInput
          label="Only events named"
          placeholder="any"
          value={range.event}
          maxLength={200}
          onChange={(event) => change({ event: event.currentTarget.value })}
        />
      </div>
      <Checkbox
        size="xs"
        label="Also what was not routed here then, where its filters take it today"
        checked={range.includeFiltered}
        onChange={(event) => change({ includeFiltered: event.currentTarget.checked })}
      />
    </>
  );
}
