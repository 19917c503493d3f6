import type { InputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { DiscardDialog } from '#renderer/frame/discard-dialog.tsx';
import { counted } from '#renderer/ui/quantity.ts';
import { classWord } from './words.ts';

interface Props {
  readonly destination: string;
  readonly which: InputOf<Operations['deadLetter.discard']>['which'];
  readonly title: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Settles dead letters as dropped, for ever. */
export function DiscardLetters({ destination, which, ...dialog }: Props) {
  const preview = useQuery('deadLetter.discard', { destination, which, dryRun: true });
  return (
    <DiscardDialog
      {...dialog}
      noun="dead letter"
      target={destination}
      preview={preview}
      discard={(run, confirmed) => run('deadLetter.discard', { destination, which, ...confirmed })}
      afterwards="Settled as dropped; the audit says who and why."
    >
      {({ discarded, classes }) => (
        <p>
          <strong>{counted(discarded, 'dead letter')}</strong> would be settled as dropped, and never reach this vendor.{' '}
          {classes.length === 0
            ? ''
            : `They died of: ${classes.map((each) => `${classWord(each.class)} ${each.events.toLocaleString('en-US')}`).join(', ')}.`}
        </p>
      )}
    </DiscardDialog>
  );
}
