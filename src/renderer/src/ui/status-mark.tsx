import { memo, type ReactElement } from 'react';
import { type MarkState, stateLooks } from './state.ts';
import classes from './status-mark.module.css';

/** Paths in a 16 x 16 box. Shapes differ in outline, not in detail, so that they tell apart at 12 px. */
const shapes: Readonly<Record<MarkState, ReactElement>> = {
  healthy: <circle cx="8" cy="8" r="5" />,
  degraded: <path d="M8 1.8 15 14H1Z" />,
  failing: <path d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1Z" />,
  parked: <path d="M3 2h4v12H3ZM9 2h4v12H9Z" />,
  held: <path d="M2.5 1h11v2.2L9.6 8l3.9 4.8V15h-11v-2.2L6.4 8 2.5 3.2Z" />,
  dropping: <path d="M6 1h4v5.5h4L8 12.5 2 6.5h4ZM2 13.4h12V15H2Z" />,
  none: <path fillRule="evenodd" d="M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2Zm0 2a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z" />,
  off: <path d="M2 7h12v2H2Z" />,
};

/** The shape alone. Pass `label` where no word stands beside it. */
export const StatusMark = memo(function StatusMark({
  state,
  size = 12,
  label,
}: {
  readonly state: MarkState;
  readonly size?: number;
  readonly label?: string;
}) {
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: a word stands beside it, or `label` names it
    <svg
      className={classes.mark}
      data-hue={stateLooks[state].hue}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    >
      {shapes[state]}
    </svg>
  );
});

/** Shape and word. `children` follows quietly (since when). */
export function StateLabel({
  state,
  children,
  strong = false,
}: {
  readonly state: MarkState;
  readonly children?: React.ReactNode;
  readonly strong?: boolean;
}) {
  const look = stateLooks[state];
  return (
    <span className={classes.label} data-strong={strong || undefined} title={look.meaning}>
      <StatusMark state={state} />
      <span className={classes.word} data-hue={look.hue}>
        {look.word}
      </span>
      {children === undefined ? null : <span className={classes.since}>{children}</span>}
    </span>
  );
}
