import { MultiSelect, Select, TextInput } from '@mantine/core';
import { planModes } from '#contract/documents/plan.ts';
import { useDocuments } from '#renderer/client/documents.ts';
import { Panel } from '#renderer/ui/panel.tsx';
import { modeWords, type PlanDraft } from './draft.ts';
import classes from './plans.module.css';

const modes = planModes.map((mode) => ({ value: mode, label: modeWords[mode].title }));
const unplanned = [{ value: 'allow', label: modeWords.allow.title }, ...modes];

/** Whom the plan is for, and how strict it is; each choice says what it means for events. */
export function PlanSettings({
  draft,
  problems,
  onChange,
}: {
  readonly draft: PlanDraft;
  readonly problems: ReadonlyMap<string, string>;
  readonly onChange: (values: Partial<PlanDraft>) => void;
}) {
  const sources = useDocuments('source');
  const sourceProblem = [...problems].find(([path]) => path === 'sources' || path.startsWith('sources.'))?.[1];
  return (
    <Panel title="For whom, and how strict">
      <div className={classes.settings}>
        <TextInput
          label="Name"
          value={draft.name}
          maxLength={100}
          error={problems.get('name')}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
        />
        <MultiSelect
          label="Sources"
          description={draft.sources.length === 0 ? 'none chosen: all that are in no other plan' : ''}
          data={sources.map(({ id, value }) => ({ value: id, label: value?.name ?? id }))}
          value={[...draft.sources]}
          error={sourceProblem}
          onChange={(next) => onChange({ sources: next })}
        />
        <Select
          label="What breaks it"
          description={modeWords[draft.mode].meaning}
          data={modes}
          value={draft.mode}
          allowDeselect={false}
          onChange={(value) => onChange({ mode: planModes.find((mode) => mode === value) ?? draft.mode })}
        />
        <Select
          label="What it does not name"
          description={modeWords[draft.unplanned].meaning}
          data={unplanned}
          value={draft.unplanned}
          allowDeselect={false}
          onChange={(value) =>
            onChange({ unplanned: value === 'allow' ? 'allow' : (planModes.find((mode) => mode === value) ?? draft.unplanned) })
          }
        />
      </div>
    </Panel>
  );
}
