import type { ReactNode } from 'react';
import classes from './progress.module.css';

/** How far something is: a bar and words. `share` 0..1; null: it goes on and nobody can say how far. */
export function Progress({
  label,
  share,
  children,
  look = 'going',
}: {
  readonly label: string;
  readonly share: number | null;
  /** What the bar means in figures. */
  readonly children?: ReactNode;
  /** still: it is paused, or has ended. */
  readonly look?: 'going' | 'still';
}) {
  const percent = share === null ? null : Math.max(0, Math.min(100, share * 100));
  return (
    <div className={classes.progress}>
      <div
        className={classes.track}
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(percent === null ? {} : { 'aria-valuenow': Math.round(percent) })}
      >
        <span
          className={classes.fill}
          data-look={look}
          data-unknown={percent === null || undefined}
          style={{ width: `${percent ?? 100}%` }}
        />
      </div>
      {children === undefined ? null : <div className={classes.words}>{children}</div>}
    </div>
  );
}
