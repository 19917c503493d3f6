import { Fragment } from 'react';
import classes from './num.module.css';
import { dash, type Quantity } from './quantity.ts';

/** A quantity with its units drawn quieter than its value. */
export function Num({ of, size, title }: { readonly of: Quantity; readonly size?: 'large'; readonly title?: string | undefined }) {
  const isMissing = of.length === 1 && of[0]?.value === dash;
  return (
    <span
      className={classes.num}
      data-size={size}
      data-missing={isMissing || undefined}
      title={title ?? (isMissing ? 'No data' : undefined)}
    >
      {of.map((part, index) => (
        <Fragment key={part.unit}>
          {index > 0 ? ` ${part.value}` : part.value}
          {part.unit === '' ? null : <span className={classes.unit}>{`\u2009${part.unit}`}</span>}
        </Fragment>
      ))}
    </span>
  );
}
