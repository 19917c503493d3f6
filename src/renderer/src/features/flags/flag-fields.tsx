import { Checkbox, Select, TextInput } from '@mantine/core';
import { typeWords } from '#renderer/frame/flag-words.ts';
import { JsonEditor } from '#renderer/ui/json-editor.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { Segmented } from '#renderer/ui/segmented.tsx';
import shared from '#renderer/ui/shared.module.css';
import { withType } from './draft.ts';
import classes from './flags.module.css';
import type { DraftProps } from './targeting-panel.tsx';

const dayMs = 86_400_000;

/** The rest of a flag: what it is for, whose it is, its values. */
export function FlagFields({ draft, drawn, onChange }: DraftProps) {
  const names = drawn.variants.ok ? Object.keys(Object(drawn.variants.value)) : [draft.defaultVariant];
  const problem = drawn.problems.get('variants');
  return (
    <Panel title="The flag">
      <div className={shared.stack}>
        <div className={classes.choices}>
          <Segmented
            label="Type"
            value={draft.type}
            options={(['release', 'kill', 'ops'] as const).map((value) => ({ value, label: typeWords[value].title }))}
            onChange={(type) => onChange(withType(draft, type))}
          />
          <Segmented
            label="State"
            value={draft.state}
            options={[
              { value: 'ENABLED', label: 'Enabled' },
              { value: 'DISABLED', label: 'Disabled' },
            ]}
            onChange={(state) => onChange({ ...draft, state })}
          />
          <span className={classes.quiet}>
            {draft.state === 'DISABLED' ? 'Apps get their own default, and destinations on it nothing.' : typeWords[draft.type].meaning}
          </span>
        </div>
        <TextInput
          label="Description"
          value={draft.description}
          maxLength={500}
          onChange={(event) => onChange({ ...draft, description: event.currentTarget.value })}
        />
        <div className={classes.fields}>
          <TextInput
            label="Owner"
            value={draft.owner}
            maxLength={100}
            onChange={(event) => onChange({ ...draft, owner: event.currentTarget.value })}
          />
          <TextInput
            label="To be taken out"
            description="pointed out from then on"
            type="date"
            value={dateText(draft.staleAt)}
            onChange={(event) => onChange({ ...draft, staleAt: dateOf(event.currentTarget.value) })}
          />
          <Select
            label="Default variant"
            description="where no targeting decides"
            data={names}
            value={draft.defaultVariant}
            error={drawn.problems.get('defaultVariant')}
            allowDeselect={false}
            onChange={(defaultVariant) => defaultVariant !== null && onChange({ ...draft, defaultVariant })}
          />
        </div>
        <JsonEditor
          label="Variants"
          note="every value that it can have, by name; all of one kind"
          value={draft.variants}
          read={drawn.variants}
          onChange={(variants) => onChange({ ...draft, variants })}
          height="brief"
        />
        {problem === undefined ? null : (
          <p className={classes.problem} role="alert">
            {problem}
          </p>
        )}
        <Checkbox
          label="Apps can ask for it"
          description="Off: they never see it, and the gateway alone uses it."
          checked={draft.exposed}
          onChange={(event) => onChange({ ...draft, exposed: event.currentTarget.checked })}
        />
      </div>
    </Panel>
  );
}

/** A day in UTC, as a date field has it. */
function dateText(at: number | null): string {
  return at === null ? '' : new Date(at).toISOString().slice(0, 10);
}

function dateOf(text: string): number | null {
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.floor(at / dayMs) * dayMs;
}
