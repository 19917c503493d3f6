import { IconPlugConnectedX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useLink } from '#renderer/client/session.ts';
import type { Query } from '#renderer/client/use-query.ts';
import { Button } from '#renderer/ui/button.tsx';
import { EmptyState, ErrorState, Skeleton } from '#renderer/ui/placeholders.tsx';
import classes from './answer.module.css';

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
  const phase = useLink((link) => link.phase);
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
  if (phase === 'offline' || phase === 'refused') {
    return (
      <EmptyState icon={<IconPlugConnectedX size={20} stroke={1.6} />} title="No gateway to ask">
        This shows {label} once the gateway answers again.
      </EmptyState>
    );
  }
  return <Skeleton rows={rows} label={`Loading ${label}`} />;
}
