import { TextInput } from '@mantine/core';
import { TypedTarget } from '#renderer/ui/typed-target.tsx';

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
      {target === null ? null : <TypedTarget target={target} value={typed} onChange={onTyped} />}
    </>
  );
}
