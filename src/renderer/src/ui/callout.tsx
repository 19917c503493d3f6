import type { ReactNode } from 'react';
import classes from './callout.module.css';
import type { MarkState } from './state.ts';
import { stateLooks } from './state.ts';
import { StatusMark } from './status-mark.tsx';

/** A message that stays in a view: what is so, what it means, what to do. Its hue is that of the state it speaks of. */
export function Callout({
  state,
  title,
  children,
  actions,
}: {
  readonly state: MarkState;
  readonly title: ReactNode;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}) {
  return (
    <div className={classes.callout} data-hue={stateLooks[state].hue} role="note">
      <span className={classes.mark}>
        <StatusMark state={state} size={14} />
      </span>
      <div className={classes.words}>
        <p className={classes.title}>{title}</p>
        {children === undefined ? null : <div className={classes.text}>{children}</div>}
      </div>
      {actions === undefined ? null : <div className={classes.actions}>{actions}</div>}
    </div>
  );
}
