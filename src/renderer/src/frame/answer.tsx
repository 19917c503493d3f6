import type { ReactNode } from 'react';
import type { Query } from '#renderer/client/use-query.ts';
import { Button } from '#renderer/ui/button.tsx';
import { ErrorState } from '#renderer/ui/placeholders.tsx';
import classes from './answer.module.css';
import { Loading } from './loading.tsx';

/**
 * What a query answered, in any of its states: on its way, refused, there, there but no longer refreshed. Without a link
 * and without data it says so, instead of waiting for ever.
 */
export function Answer<T>({
  query,
  label,
  meaning,
  rows = 6,
  children,
}: {
  readonly query: Query<T>;
  /** What is being loaded: `the quarantine`. */
  readonly label: string;
  /** What a failure means for events. */
  readonly meaning?: string;
  readonly rows?: number;
  readonly children: (data: T) => ReactNode;
}) {
  const { data, error, reload } = query;
  if (data !== null) {
    return (
      <>
        {error === null ? null : (
          <p className={classes.stale} role="status">
            <span>
              What you see is not of now: {error.message} {error.suggestedAction}
            </span>
            <Button size="small" look="quiet" onClick={reload}>
              Try again
            </Button>
          </p>
        )}
        {children(data)}
      </>
    );
  }
  if (error !== null) return <ErrorState error={error} {...(meaning === undefined ? {} : { meaning })} onRetry={reload} />;
  return <Loading rows={rows} label={label} />;
}
