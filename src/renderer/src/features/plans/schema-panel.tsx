import { Select, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useMemo } from 'react';
import { type PlanMode, planModes } from '#contract/documents/plan.ts';
import { IconButton } from '#renderer/ui/button.tsx';
import { JsonEditor } from '#renderer/ui/json-editor.tsx';
import { readJson } from '#renderer/ui/json-text.ts';
import { Panel } from '#renderer/ui/panel.tsx';
import shared from '#renderer/ui/shared.module.css';
import { type EventDraft, modeWords } from './draft.ts';
import classes from './plans.module.css';

interface Props {
  readonly event: EventDraft;
  readonly planMode: PlanMode;
  /** What keeps it from being saved, or from meaning anything. */
  readonly problem: string | undefined;
  readonly onChange: (values: Partial<EventDraft>) => void;
  readonly onRemove: () => void;
}

/** Name, mode and schema of one event. */
export function SchemaPanel({ event, planMode, problem, onChange, onRemove }: Props) {
  const read = useMemo(() => readJson(event.text), [event.text]);
  const isNameWrong = problem !== undefined && read.ok && (event.name.trim() === '' || problem.startsWith('the plan has'));
  return (
    <Panel
      title="Schema"
      note="JSON Schema of its properties, or traits"
      actions={
        <IconButton
          size="small"
          label={`Take ${event.name || 'this event'} out of the plan`}
          icon={<IconTrash size={14} stroke={1.6} />}
          onClick={onRemove}
        />
      }
    >
      <div className={shared.stack}>
        <div className={shared.two}>
          <TextInput
            label="Event name"
            placeholder="Order Completed"
            value={event.name}
            maxLength={200}
            error={isNameWrong ? problem : undefined}
            onChange={(change) => onChange({ name: change.currentTarget.value })}
          />
          <Select
            label="When it is broken"
            data={[
              { value: '', label: `As the plan: ${modeWords[planMode].title.toLowerCase()}` },
              ...planModes.map((mode) => ({ value: mode, label: modeWords[mode].title })),
            ]}
            value={event.mode ?? ''}
            allowDeselect={false}
            onChange={(value) => onChange({ mode: planModes.find((mode) => mode === value) ?? null })}
          />
        </div>
        <JsonEditor label="JSON Schema" value={event.text} read={read} onChange={(text) => onChange({ text })} />
        {problem === undefined || isNameWrong || !read.ok ? null : (
          <p className={classes.problem} role="status">
            {problem}
          </p>
        )}
      </div>
    </Panel>
  );
}
