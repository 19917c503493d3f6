import { useState } from 'react';
import type { DocumentChange } from '#contract/operations/changes.ts';
import { Button } from '#renderer/ui/button.tsx';
import classes from './change-entry.module.css';
import { ChangeEntry, type ChangeEntryProps } from './change-entry.tsx';
import type { Changes } from './use-changes.ts';

/** Changes one below the other; `changes` holds all that is known of their documents. */
export function ChangeList({
  label,
  rows,
  changes,
  when,
}: {
  readonly label: string;
  readonly rows: readonly DocumentChange[];
  readonly changes: readonly DocumentChange[];
  readonly when: ChangeEntryProps['when'];
}) {
  const newest = new Map<string, number>();
  for (const { kind, id, revision } of changes) newest.set(`${kind}/${id}`, Math.max(revision, newest.get(`${kind}/${id}`) ?? 0));
  return (
    <ol className={classes.list} aria-label={label}>
      {rows.map((change) => (
        <ChangeEntry
          key={change.position}
          change={change}
          newest={newest.get(`${change.kind}/${change.id}`) ?? change.revision}
          when={when}
        />
      ))}
    </ol>
  );
}

/** Loads the next page of older changes. */
export function OlderChanges({ loadOlder, olderError }: Pick<Changes, 'loadOlder' | 'olderError'>) {
  const [isBusy, setBusy] = useState(false);
  if (loadOlder === null) return null;
  const load = async () => {
    setBusy(true);
    await loadOlder();
    setBusy(false);
  };
  return (
    <div className={classes.more}>
      <Button size="small" look="quiet" isBusy={isBusy} onClick={() => void load()}>
        Show older changes
      </Button>
      {olderError === null ? null : (
        <span className={classes.quiet} role="alert">
          {' '}
          {olderError.message} {olderError.suggestedAction}
        </span>
      )}
    </div>
  );
}
