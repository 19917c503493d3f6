import { Checkbox, Select, TagsInput, Textarea, TextInput } from '@mantine/core';
import type { Field, FieldValue, FieldValues } from './schema-form.ts';
import classes from './system.module.css';

/** The fields of a connector's settings. `problems` by field name. */
export function SchemaFields({
  fields,
  values,
  problems,
  onChange,
}: {
  readonly fields: readonly Field[];
  readonly values: FieldValues;
  readonly problems: ReadonlyMap<string, string>;
  readonly onChange: (name: string, value: FieldValue) => void;
}) {
  return fields.map((field) => (
    <SchemaField
      key={field.name}
      field={field}
      value={values[field.name] ?? ''}
      problem={problems.get(`settings.${field.name}`)}
      onChange={(value) => onChange(field.name, value)}
    />
  ));
}

function SchemaField({
  field,
  value,
  problem,
  onChange,
}: {
  readonly field: Field;
  readonly value: FieldValue;
  readonly problem: string | undefined;
  readonly onChange: (value: FieldValue) => void;
}) {
  const common = {
    label: field.isRequired || field.fallback !== undefined ? field.label : `${field.label} (optional)`,
    ...(field.hint === '' ? {} : { description: field.hint }),
    ...(problem === undefined ? {} : { error: problem }),
  };
  const text = typeof value === 'string' ? value : '';
  switch (field.kind) {
    case 'flag':
      return (
        <Checkbox
          size="xs"
          label={field.label}
          {...(field.hint === '' ? {} : { description: field.hint })}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'choice':
      return (
        <Select
          {...common}
          label={field.label}
          data={[...field.options]}
          value={text}
          allowDeselect={!field.isRequired}
          onChange={(next) => onChange(next ?? '')}
        />
      );
    case 'list':
      return <TagsInput {...common} value={Array.isArray(value) ? [...value] : []} onChange={(next) => onChange(next)} />;
    case 'map':
    case 'json':
      return (
        <Textarea
          {...common}
          className={classes.wide ?? ''}
          autosize
          minRows={2}
          maxRows={8}
          spellCheck={false}
          value={text}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    default:
      return <TextInput {...common} value={text} onChange={(event) => onChange(event.currentTarget.value)} />;
  }
}
