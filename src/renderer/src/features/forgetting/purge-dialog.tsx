import { useState } from 'react';
import { useTrial } from '#renderer/client/use-trial.ts';
import { showToast } from '#renderer/frame/toasts.ts';
import { useCommand } from '#renderer/frame/use-command.ts';
import { ConfirmDialog } from '#renderer/ui/confirm-dialog.tsx';
import { bytes, counted, toText } from '#renderer/ui/quantity.ts';
import { timeUnits } from '#renderer/ui/scaled.ts';
import { ScaledInput } from '#renderer/ui/scaled-input.tsx';
import type { Kept } from './words.ts';

const day = 86_400_000;
const units = timeUnits.filter(({ factor }) => factor >= 60_000);

/** Ends what is older than an age, ahead of its time, after the word was typed and a reason given. */
export function PurgeDialog({
  kept,
  name,
  onClose,
  onDone,
}: {
  readonly kept: Kept;
  readonly name: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const [olderThanMs, setOlderThan] = useState(30 * day);
  const { state, isBusy, run } = useCommand();
  const which =
    kept.class === 'audit'
      ? null
      : { class: kept.class, olderThanMs, ...(kept.destination === null ? {} : { destination: kept.destination }) };
  const trial = useTrial('retention.purge', which === null ? null : { ...which, dryRun: true });
  const purge = async (confirm: string, reason: string) => {
    if (which === null) return;
    const end = await run('retention.purge', { ...which, confirm, reason });
    if (!end.ok) return;
    showToast({
      id: 'purge',
      title: end.value === null ? 'It is purged' : `${counted(end.value.items, 'item')} purged`,
      body: 'The audit says who and why.',
    });
    onDone();
    onClose();
  };
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`Purge ${name}`}
      action="Purge it for good"
      target="purge"
      reason="required"
      isBusy={isBusy}
      problem={state.error === null ? undefined : `${state.error.message} ${state.error.suggestedAction}`}
      onConfirm={({ confirm, reason }) => void purge(confirm, reason)}
    >
      <ScaledInput label="Older than" units={units} value={olderThanMs} onChange={setOlderThan} />
      <p role="status">
        {trial.error !== null && !trial.isPending
          ? `${trial.error.message} ${trial.error.suggestedAction}`
          : trial.data === null || trial.isPending
            ? 'Counting what would go…'
            : trial.data.items === 0
              ? 'Nothing is that old.'
              : `${counted(trial.data.items, 'item')}${trial.data.bytes === null ? '' : `, ${toText(bytes(trial.data.bytes))},`} would be gone for good.`}
      </p>
    </ConfirmDialog>
  );
}
