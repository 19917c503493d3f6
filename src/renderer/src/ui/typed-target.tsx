import { TextInput } from '@mantine/core';
import classes from './typed-target.module.css';

/** Asks for a name to be typed before something that cannot be taken back. */
export function TypedTarget({
  target,
  value,
  onChange,
}: {
  readonly target: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}) {
  return (
    <TextInput
      label={
        <>
          Type <span className={classes.typed}>{target}</span> to confirm
        </>
      }
      value={value}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
