import { NumberInput } from '@mantine/core';
import type { Limits } from '#contract/documents/limits.ts';
import shared from '#renderer/ui/shared.module.css';
import classes from './system.module.css';

const fields = [
  { name: 'ratePerSecond', label: 'Events a second', hint: 'on average', isWhole: false },
  { name: 'burst', label: 'At once', hint: 'empty: two seconds’ worth of the rate', isWhole: true },
  { name: 'dailyQuota', label: 'Events a day', hint: 'starts anew at midnight UTC', isWhole: true },
] as const;

/** Rate, burst and daily quota; what is empty is not limited here. */
export function LimitsFields({
  title,
  value,
  issues,
  path,
  onChange,
}: {
  readonly title: string;
  readonly value: Limits;
  /** By dotted path, as the gateway writes it. */
  readonly issues: ReadonlyMap<string, string>;
  readonly path: string;
  readonly onChange: (limits: Limits) => void;
}) {
  return (
    <fieldset className={classes.limits}>
      <legend className={shared.quiet}>{title}</legend>
      {fields.map(({ name, label, hint, isWhole }) => (
        <NumberInput
          key={name}
          label={label}
          description={hint}
          placeholder="no limit"
          aria-label={`${title}: ${label}`}
          value={value[name] ?? ''}
          min={isWhole ? 1 : 0}
          allowDecimal={!isWhole}
          thousandSeparator=","
          hideControls
          error={issues.get(`${path}.${name}`)}
          onChange={(next) => {
            const { [name]: _old, ...rest } = value;
            onChange(typeof next === 'number' && next > 0 ? { ...rest, [name]: next } : rest);
          }}
        />
      ))}
    </fieldset>
  );
}
