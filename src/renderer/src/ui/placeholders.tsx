import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import type { ReactElement, ReactNode } from 'react';
import { Button } from './button.tsx';
import { CommandLine } from './command-line.tsx';
import classes from './placeholders.module.css';

/** An empty view: what belongs here, the one next step, and a command that does the same. */
export function EmptyState({
  icon,
  title,
  children,
  action,
  command,
}: {
  readonly icon?: ReactElement;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  readonly command?: string;
}) {
  return (
    <div className={classes.empty}>
      {icon === undefined ? null : <div className={classes.icon}>{icon}</div>}
      <h2 className={classes.title}>{title}</h2>
      {children === undefined ? null : <p className={classes.text}>{children}</p>}
      {action === undefined ? null : <div className={classes.action}>{action}</div>}
      {command === undefined ? null : <CommandLine command={command} />}
    </div>
  );
}

/** Wording of a failure, as the contract's AppError carries it. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly suggestedAction: string;
}

/** What happened, what it means for events, what to do now. */
export function ErrorState({
  error,
  meaning,
  onRetry,
}: {
  readonly error: Problem;
  readonly meaning?: string;
  readonly onRetry?: () => void;
}) {
  return (
    <div className={classes.error} role="alert">
      <IconAlertTriangle size={18} className={classes.errorIcon} aria-hidden="true" />
      <div className={classes.errorBody}>
        <p className={classes.errorTitle}>{error.message}</p>
        {meaning === undefined ? null : <p>{meaning}</p>}
        <p className={classes.text}>{error.suggestedAction}</p>
        <p className={classes.code}>
          <code>{error.code}</code>
        </p>
      </div>
      {onRetry === undefined ? null : (
        <Button size="small" icon={<IconRefresh size={14} />} onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** Rows in the shape of what is coming. Still, so that nothing moves for decoration. */
export function Skeleton({ rows = 6, label = 'Loading' }: { readonly rows?: number; readonly label?: string }) {
  return (
    <div className={classes.skeleton} role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are alike and never move
        <div key={row} className={classes.bone} data-width={row % 3} />
      ))}
    </div>
  );
}
