import classes from './restore-points.module.css';
import { keptFields } from './words.ts';

/** Which fields stay as they are on each gateway. */
export function KeptFields({
  legend,
  kept,
  onChange,
}: {
  readonly legend: string;
  readonly kept: ReadonlySet<string>;
  readonly onChange: (kept: ReadonlySet<string>) => void;
}) {
  return (
    <fieldset className={classes.choices}>
      <legend>{legend}</legend>
      {keptFields.map(({ id, label }) => (
        <label key={id}>
          <input
            type="checkbox"
            className={classes.tick}
            checked={kept.has(id)}
            onChange={() => {
              const next = new Set(kept);
              if (!next.delete(id)) next.add(id);
              onChange(next);
            }}
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
