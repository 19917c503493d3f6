import { NumberInput, Select, TextInput } from '@mantine/core';
import type { Settings } from '#contract/documents/settings.ts';
import { byteUnits, timeUnits, type Unit } from '#renderer/ui/scaled.ts';
import { ScaledInput } from '#renderer/ui/scaled-input.tsx';
import shared from '#renderer/ui/shared.module.css';

type NumberName = { [N in keyof Settings]-?: Settings[N] extends number ? N : never }[keyof Settings];

/** The settings that are numbers, in the order of the form. */
const numbers: readonly {
  readonly name: NumberName;
  readonly label: string;
  readonly description?: string;
  /** Null: a plain count. */
  readonly units: readonly Unit[] | null;
}[] = [
  { name: 'diskBudgetBytes', label: 'Disk budget', description: 'for the log; 5 % of it is kept for settling', units: byteUnits },
  { name: 'retentionMs', label: 'Retention', description: 'how long settled events are kept', units: timeUnits },
  {
    name: 'drainDeadlineMs',
    label: 'Drain deadline',
    description: 'for requests in flight after a park; then aborted as uncertain',
    units: timeUnits,
  },
  { name: 'dedupeWindowMs', label: 'Dedupe window', description: 'how long a message id is remembered', units: timeUnits },
  { name: 'dedupeMaxEntries', label: 'Ids remembered at most', description: 'bounds the memory that dedupe takes', units: null },
  {
    name: 'quarantineAgeMs',
    label: 'Quarantine keeps',
    description: 'events set aside by a tracking plan; older ones are discarded',
    units: timeUnits,
  },
  { name: 'quarantineMaxEvents', label: 'Quarantined events at most', units: null },
  { name: 'quarantineMaxBytes', label: 'Quarantine on disk at most', units: byteUnits },
];

/** Addresses that may be left out. */
const addresses = [
  {
    name: 'controlAddress',
    label: 'Control address',
    description: 'host:port that answers whenever our own network works; tells an outage of theirs from one of ours',
    placeholder: 'none',
  },
  {
    name: 'simulator',
    label: 'Vendor simulator',
    description: 'drills break destinations at this address, and nowhere else',
    placeholder: 'none',
  },
] as const;

export interface SettingsFieldsProps {
  readonly draft: Settings;
  readonly issues: ReadonlyMap<string, string>;
  readonly onChange: (values: Partial<Settings>) => void;
}

export function SettingsFields({ draft, issues, onChange }: SettingsFieldsProps) {
  return (
    <div className={shared.two}>
      <Select
        label="Environment"
        description="production tints the frame and guards more acts"
        data={['embedded', 'staging', 'production']}
        value={draft.environment}
        allowDeselect={false}
        error={issues.get('environment')}
        onChange={(value) => onChange({ environment: value === 'staging' || value === 'production' ? value : 'embedded' })}
      />
      {numbers.map(({ name, units, ...words }) =>
        units === null ? (
          <NumberInput
            key={name}
            {...words}
            thousandSeparator=","
            hideControls
            value={draft[name]}
            error={issues.get(name)}
            onChange={(value) => typeof value === 'number' && onChange({ [name]: Math.round(value) })}
          />
        ) : (
          <ScaledInput
            key={name}
            {...words}
            units={units}
            value={draft[name]}
            error={issues.get(name)}
            onChange={(value) => onChange({ [name]: value })}
          />
        ),
      )}
      {addresses.map(({ name, ...words }) => (
        <TextInput
          key={name}
          {...words}
          value={draft[name] ?? ''}
          error={issues.get(name)}
          onChange={({ currentTarget: { value } }) => onChange({ [name]: value.trim() === '' ? undefined : value.trim() })}
        />
      ))}
    </div>
  );
}
