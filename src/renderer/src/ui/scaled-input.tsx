import { Input, NumberInput, Select } from '@mantine/core';
import { useState } from 'react';
import { type Unit, unitFor } from './scaled.ts';
import classes from './scaled-input.module.css';

/** A number and its unit for a value in base units. The unit stays while the number is typed. */
export function ScaledInput({
  label,
  description,
  value,
  units,
  error,
  min = 0,
  onChange,
}: {
  readonly label: string;
  readonly description?: string;
  readonly value: number;
  readonly units: readonly Unit[];
  readonly error?: string | undefined;
  readonly min?: number;
  readonly onChange: (value: number) => void;
}) {
  const [chosen, setChosen] = useState(() => unitFor(value, units).label);
  const factor = units.find((unit) => unit.label === chosen)?.factor ?? 1;
  return (
    <Input.Wrapper label={label} {...(description === undefined ? {} : { description })} {...(error === undefined ? {} : { error })}>
      <div className={classes.scaled}>
        <NumberInput
          aria-label={label}
          error={error !== undefined}
          value={Math.round((value / factor) * 1000) / 1000}
          min={min}
          hideControls
          decimalScale={3}
          onChange={(next) => {
            if (typeof next === 'number') onChange(Math.round(next * factor));
          }}
        />
        <Select
          aria-label={`Unit of ${label}`}
          data={units.map((unit) => unit.label)}
          value={chosen}
          allowDeselect={false}
          onChange={(unit) => setChosen(unit ?? chosen)}
        />
      </div>
    </Input.Wrapper>
  );
}
