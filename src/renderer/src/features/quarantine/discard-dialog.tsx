import { useQuery } from '#renderer/client/use-query.ts';
import { Answer } from '#renderer/frame/answer.tsx';
import { showToast } from '#renderer/frame/toasts.ts';
import { useCommand } from '#renderer/frame/use-command.ts';
import { ConfirmDialog } from '#renderer/ui/confirm-dialog.tsx';
import { counted } from '#renderer/ui/quantity.ts';
import type { Meant } from './choice.ts';

interface Props {
  readonly choice: Meant;
  readonly title: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Ends held events for ever, after the word was typed and the reason given. */
export function DiscardDialog({ choice, title, onClose, onDone }: Props) {
  const preview = useQuery('quarantine.discard', { ...choice, dryRun: true });
  const { state, isBusy, run } = useCommand();
  const discard = async (confirm: string, reason: string) => {
    const end = await run('quarantine.discard', { ...choice, confirm, reason });
    if (!end.ok) return;
    showToast({
      id: 'quarantine',
      title: end.value === null ? 'They are discarded' : `${counted(end.value.discarded, 'event')} discarded`,
      body: 'The audit says who and why.',
    });
    onDone();
    onClose();
  };
  const count = preview.data?.discarded;
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`Discard ${title}`}
      action={count === undefined ? 'Discard them' : `Discard ${counted(count, 'event')}`}
      target="discard"
      reason="required"
      isBusy={isBusy}
      problem={state.error === null ? undefined : `${state.error.message} ${state.error.suggestedAction}`}
      onConfirm={({ confirm, reason }) => void discard(confirm, reason)}
    >
      <Answer query={preview} label="what would be discarded" meaning="Nothing was discarded." rows={1}>
        {({ discarded }) => (
          <p>
            <strong>{counted(discarded, 'event')}</strong> would be gone for good: no destination gets {discarded === 1 ? 'it' : 'them'},
            and no replay can bring {discarded === 1 ? 'it' : 'them'} back. The sender was told that{' '}
            {discarded === 1 ? 'it was' : 'they were'} taken.
          </p>
        )}
      </Answer>
    </ConfirmDialog>
  );
}
