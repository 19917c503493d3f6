import type { InputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { Answer } from '#renderer/frame/answer.tsx';
import { showToast } from '#renderer/frame/toasts.ts';
import { useCommand } from '#renderer/frame/use-command.ts';
import { ConfirmDialog } from '#renderer/ui/confirm-dialog.tsx';
import { counted } from '#renderer/ui/quantity.ts';
import { classWord } from './words.ts';

interface Props {
  readonly destination: string;
  readonly which: InputOf<Operations['deadLetter.discard']>['which'];
  readonly title: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Settles dead letters as dropped, for ever, after the destination was typed and a reason given. */
export function DiscardDialog({ destination, which, title, onClose, onDone }: Props) {
  const preview = useQuery('deadLetter.discard', { destination, which, dryRun: true });
  const { state, isBusy, run } = useCommand();
  const discard = async (confirm: string, reason: string) => {
    const end = await run('deadLetter.discard', { destination, which, confirm, reason });
    if (!end.ok) return;
    showToast({
      id: 'dead letters',
      title: end.value === null ? 'They are discarded' : `${counted(end.value.discarded, 'dead letter')} discarded`,
      body: 'Settled as dropped; the audit says who and why.',
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
      action={count === undefined ? 'Discard them' : `Discard ${counted(count, 'dead letter')}`}
      target={destination}
      reason="required"
      isBusy={isBusy}
      problem={state.error === null ? undefined : `${state.error.message} ${state.error.suggestedAction}`}
      onConfirm={({ confirm, reason }) => void discard(confirm, reason)}
    >
      <Answer query={preview} label="what would be discarded" meaning="Nothing was discarded." rows={1}>
        {({ discarded, classes }) => (
          <p>
            <strong>{counted(discarded, 'dead letter')}</strong> would be settled as dropped, and never reach this vendor.{' '}
            {classes.length === 0
              ? ''
              : `They died of: ${classes.map((each) => `${classWord(each.class)} ${each.events.toLocaleString('en-US')}`).join(', ')}.`}
          </p>
        )}
      </Answer>
    </ConfirmDialog>
  );
}
