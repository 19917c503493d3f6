import { TextInput } from '@mantine/core';
import { IconCheck, IconPlayerTrackNext, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import type { PlaybookRun, RunStep, StepState } from '#contract/documents/playbook.ts';
import { ActProblem } from '#renderer/frame/act-problem.tsx';
import { useCommand } from '#renderer/frame/use-command.ts';
import { Button } from '#renderer/ui/button.tsx';
import shared from '#renderer/ui/shared.module.css';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { CommandDialog } from './command-dialog.tsx';
import classes from './playbooks.module.css';
import { commandOf, stepWords } from './words.ts';

interface Props {
  readonly run: string;
  readonly revision: number;
  readonly parameters: PlaybookRun['parameters'];
  readonly entry: RunStep;
  readonly isNext: boolean;
  readonly isRunning: boolean;
}

/** One step: what to do, and what became of it. */
export function Step({ run, revision, parameters, entry, isNext, isRunning }: Props) {
  const { step, state, note: said, by, at } = entry;
  const [note, setNote] = useState('');
  const [isGiving, setIsGiving] = useState(false);
  const { state: acting, isBusy, run: give } = useCommand();
  const given = commandOf(step, parameters);
  const say = async (next: StepState, givenCommand?: string) => {
    const input = { run, step: step.id, state: next, note: note.trim(), ...(givenCommand === undefined ? {} : { givenCommand }) };
    // A command that was given has happened, whatever others have said of the run since.
    const end = await give('playbook.step', givenCommand === undefined ? { ...input, expectedRevision: revision } : input);
    if (end.ok) setNote('');
  };
  return (
    <li className={classes.step} data-state={state} data-next={isNext || undefined} aria-current={isNext ? 'step' : undefined}>
      <div className={classes.words}>
        <strong>{step.title}</strong>
        {step.note === '' || state !== 'open' ? null : <p className={shared.muted}>{step.note}</p>}
        {state === 'open' ? null : (
          <span className={classes.outcome}>
            {icons[state]}
            <span>
              {stepWords[state]} by {by} {at === null ? null : <TimeAgo at={at} />}
              {said === '' ? '' : `: ${said}`}
            </span>
          </span>
        )}
      </div>
      <span className={classes.acts}>
        {!isRunning ? null : state === 'open' ? (
          <>
            {given === null ? null : (
              <Button size="small" look={isNext ? 'primary' : 'plain'} isBusy={isBusy} onClick={() => setIsGiving(true)}>
                {step.title}…
              </Button>
            )}
            <Button
              size="small"
              look={isNext && given === null ? 'primary' : 'plain'}
              isBusy={isBusy}
              aria-label={`Done: ${step.title}`}
              onClick={() => void say('done')}
            >
              Done
            </Button>
            <Button size="small" isBusy={isBusy} aria-label={`Skip: ${step.title}`} onClick={() => void say('skipped')}>
              Skip
            </Button>
            <Button size="small" isBusy={isBusy} aria-label={`Failed: ${step.title}`} onClick={() => void say('failed')}>
              Failed
            </Button>
          </>
        ) : (
          <Button size="small" look="quiet" isBusy={isBusy} aria-label={`Not yet: ${step.title}`} onClick={() => void say('open')}>
            Not yet
          </Button>
        )}
      </span>
      {isNext ? (
        <span className={classes.note}>
          <TextInput
            aria-label={`Note on ${step.title}`}
            placeholder="Note (optional)"
            value={note}
            maxLength={1000}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <ActProblem state={acting} />
        </span>
      ) : (
        <ActProblem state={acting} />
      )}
      {isGiving && given !== null ? (
        <CommandDialog
          title={step.title}
          given={given}
          onClose={() => setIsGiving(false)}
          onGiven={(commandId) => void say('done', commandId)}
        />
      ) : null}
    </li>
  );
}

const icons: Readonly<Record<Exclude<StepState, 'open'>, React.ReactElement>> = {
  done: <IconCheck size={14} aria-hidden="true" />,
  skipped: <IconPlayerTrackNext size={14} aria-hidden="true" />,
  failed: <IconX size={14} aria-hidden="true" />,
};
