import type { ReactNode } from 'react';
import type { Query } from '#renderer/client/use-query.ts';
import { Answer } from '#renderer/frame/answer.tsx';
import { showToast } from '#renderer/frame/toasts.ts';
import { type CommandEnd, useCommand } from '#renderer/frame/use-command.ts';
import { ConfirmDialog } from '#renderer/ui/confirm-dialog.tsx';
import { counted } from '#renderer/ui/quantity.ts';

interface Props<Preview extends { readonly discarded: number }> {
  /** What is discarded, in a word: `dead letter`. */
  readonly noun: string;
  /** Which of them, after "Discard". */
  readonly title: string;
  /** What must be typed. */
  readonly target: string;
  /** What would be discarded. */
  readonly preview: Query<Preview>;
  readonly discard: (
    run: ReturnType<typeof useCommand>['run'],
    confirmed: { readonly confirm: string; readonly reason: string },
  ) => Promise<CommandEnd<{ readonly discarded: number }>>;
  /** What the message afterwards says of it. */
  readonly afterwards: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
  /** What that means, in a paragraph. */
  readonly children: (preview: Preview) => ReactNode;
}

/** Ends what waits for a person, for ever: after a look at how many, a word typed and the reason given. */
export function DiscardDialog<Preview extends { readonly discarded: number }>(props: Props<Preview>) {
  const { noun, title, target, preview, afterwards, onClose, onDone, children } = props;
  const { state, isBusy, run } = useCommand();
  const discard = async (confirmed: { readonly confirm: string; readonly reason: string }) => {
    const end = await props.discard(run, confirmed);
    if (!end.ok) return;
    const told = end.value === null ? 'They are discarded' : `${counted(end.value.discarded, noun)} discarded`;
    showToast({ id: `discard ${noun}`, title: told, body: afterwards });
    onDone();
    onClose();
  };
  const count = preview.data?.discarded;
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`Discard ${title}`}
      action={count === undefined ? 'Discard them' : `Discard ${counted(count, noun)}`}
      target={target}
      reason="required"
      isBusy={isBusy}
      problem={state.error === null ? undefined : `${state.error.message} ${state.error.suggestedAction}`}
      onConfirm={(confirmed) => void discard(confirmed)}
    >
      <Answer query={preview} label="what would be discarded" meaning="Nothing was discarded." rows={1}>
        {children}
      </Answer>
    </ConfirmDialog>
  );
}
