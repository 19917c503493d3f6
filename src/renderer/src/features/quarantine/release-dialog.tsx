import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { useQuery } from '#renderer/client/use-query.ts';
import { ActProblem } from '#renderer/frame/act-problem.tsx';
import { Answer } from '#renderer/frame/answer.tsx';
import { Button } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { OutcomeList } from '#renderer/ui/outcome-list.tsx';
import { counted } from '#renderer/ui/quantity.ts';
import shared from '#renderer/ui/shared.module.css';
import type { Meant } from './choice.ts';
import { mostAtOnce, type Released, useRelease } from './use-release.ts';

interface Props {
  readonly choice: Meant;
  readonly title: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** What a release would do, then the release in rounds, then what it did. What still breaks its plan stays. */
export function ReleaseDialog({ choice, title, onClose, onDone }: Props) {
  const [why, setWhy] = useState('');
  const { step, total, state, start, stop } = useRelease(choice, onDone);
  const preview = useQuery('quarantine.release', step === 'asking' ? { ...choice, limit: mostAtOnce, dryRun: true } : null);
  const fits = preview.data === null ? null : preview.data.released + preview.data.duplicate;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={step === 'done' ? 'Released' : `Release ${title}`}
      footer={
        step === 'asking' ? (
          <>
            <ActProblem state={state} />
            <Button onClick={onClose}>Cancel</Button>
            <Button look="grave" disabled={fits === null || fits === 0} onClick={() => start(why.trim())}>
              {fits === null ? 'Release what fits' : `Release ${counted(fits, 'event')}`}
            </Button>
          </>
        ) : step === 'releasing' ? (
          <>
            <ActProblem state={state} />
            <Button onClick={stop}>Stop after this round</Button>
          </>
        ) : (
          <>
            <ActProblem state={state} />
            <Button look="primary" data-autofocus onClick={onClose}>
              Done
            </Button>
          </>
        )
      }
    >
      <div className={shared.stack}>
        {step === 'asking' ? (
          <>
            <Answer query={preview} label="what a release would do" meaning="Nothing was released." rows={4}>
              {(data) => <Outcome of={data} isPreview />}
            </Answer>
            <p className={shared.muted}>
              They enter the log with the time at which they were first received and go to every destination that takes them. A release
              cannot be taken back.
            </p>
            <TextInput
              label="Why (optional)"
              value={why}
              maxLength={500}
              data-autofocus
              onChange={(event) => setWhy(event.currentTarget.value)}
            />
          </>
        ) : (
          <>
            <p role="status">{step === 'releasing' ? 'Releasing…' : summary(total)}</p>
            <Outcome of={total} isPreview={false} />
          </>
        )}
      </div>
    </Dialog>
  );
}

function summary({ released, kept }: Released): string {
  if (released === 0) return 'Nothing was released.';
  return `${counted(released, 'event')} ${released === 1 ? 'is' : 'are'} on the way to ${released === 1 ? 'its' : 'their'} destinations${kept === 0 ? '.' : '; the rest stays here.'}`;
}

function Outcome({ of, isPreview }: { readonly of: Released; readonly isPreview: boolean }) {
  const rows = [
    { id: 'released', mark: 'healthy', label: isPreview ? 'Fit their plan: would go on' : 'Released', count: of.released },
    { id: 'duplicate', mark: 'none', label: 'In the log already, sent another time', count: of.duplicate },
    {
      id: 'kept',
      mark: 'held',
      label: isPreview ? 'Still break their plan: would stay' : 'Still break their plan: stayed',
      count: of.kept,
    },
    { id: 'failed', mark: 'degraded', label: 'Cannot be looked at: source gone, or the log takes nothing now', count: of.failed },
  ] as const;
  return <OutcomeList rows={rows.filter(({ id, count }) => count > 0 || id === 'released' || id === 'kept')} />;
}
