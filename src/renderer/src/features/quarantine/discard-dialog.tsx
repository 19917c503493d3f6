import { useQuery } from '#renderer/client/use-query.ts';
import { DiscardDialog } from '#renderer/frame/discard-dialog.tsx';
import { counted } from '#renderer/ui/quantity.ts';
import type { Meant } from './choice.ts';

interface Props {
  readonly choice: Meant;
  readonly title: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Ends held events for ever. */
export function DiscardEvents({ choice, ...dialog }: Props) {
  const preview = useQuery('quarantine.discard', { ...choice, dryRun: true });
  return (
    <DiscardDialog
      {...dialog}
      noun="event"
      target="discard"
      preview={preview}
      discard={(run, confirmed) => run('quarantine.discard', { ...choice, ...confirmed })}
      afterwards="The audit says who and why."
    >
      {({ discarded }) => (
        <p>
          <strong>{counted(discarded, 'event')}</strong> would be gone for good: no destination gets {discarded === 1 ? 'it' : 'them'}, and
          no replay can bring {discarded === 1 ? 'it' : 'them'} back. The sender was told that {discarded === 1 ? 'it was' : 'they were'}{' '}
          taken.
        </p>
      )}
    </DiscardDialog>
  );
}
