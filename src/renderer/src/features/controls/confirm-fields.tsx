import { TextInput } from '@mantine/core';
import type { AppError } from '#contract/errors.ts';
import classes from './controls.module.css';

/** Why, and where it is asked for the scope's name typed. Values stay with the form that owns them. */
export function ConfirmFields({
  reason,
  onReason,
  isReasonRequired,
  target,
  typed,
  onTyped,
}: {
  readonly reason: string;
  readonly onReason: (text: string) => void;
  readonly isReasonRequired: boolean;
  /** What must be typed; null: nothing. */
  readonly target: string | null;
  readonly typed: string;
  readonly onTyped: (text: string) => void;
}) {
  return (
    <>
      <TextInput
        label={isReasonRequired ? 'Why' : 'Why (may be added afterwards)'}
        placeholder="For the audit: what happened, a ticket, who asked"
        value={reason}
        maxLength={500}
        required={isReasonRequired}
        withAsterisk={false}
        onChange={(event) => onReason(event.currentTarget.value)}
      />
      {target === null ? null : (
        <TextInput
          label={
            <>
              Type <span className={classes.typed}>{target}</span> to confirm
            </>
          }
          value={typed}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onTyped(event.currentTarget.value)}
        />
      )}
    </>
  );
}

/** Why the last try did not work, beside the buttons. */
export function ActProblem({ error, isLost }: { readonly error: AppError | null; readonly isLost: boolean }) {
  if (isLost) {
    return (
      <span role="status" className={classes.problem}>
        The answer was lost. Asking what became of it…
      </span>
    );
  }
  if (error === null) return null;
  return (
    <span role="alert" className={classes.problem}>
      {error.message} {error.suggestedAction}
    </span>
  );
}
