import { IconArrowLeft } from '@tabler/icons-react';
import { useState } from 'react';
import type { PlaybookRun } from '#contract/documents/playbook.ts';
import { command } from '#renderer/client/session.ts';
import { reportFailure } from '#renderer/frame/acting.tsx';
import { setQuery } from '#renderer/frame/router.ts';
import { showToast } from '#renderer/frame/toasts.ts';
import { Button } from '#renderer/ui/button.tsx';
import { ConfirmDialog } from '#renderer/ui/confirm-dialog.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import shared from '#renderer/ui/shared.module.css';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import classes from './playbooks.module.css';
import { Step } from './step.tsx';
import { nextStep, progressWords, runWords } from './words.ts';

interface Props {
  readonly id: string;
  readonly revision: number;
  readonly run: PlaybookRun;
}

/** One run of a playbook, to be followed step by step. Everybody who looks sees the same. */
export function Run({ id, revision, run }: Props) {
  const [isEnding, setIsEnding] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const next = nextStep(run);
  const isRunning = run.state === 'running';
  const end = async (state: 'done' | 'abandoned', reason: string) => {
    setIsBusy(true);
    const answer = await command('playbook.end', { run: id, state, reason, expectedRevision: revision });
    setIsBusy(false);
    setIsEnding(false);
    if (answer.ok) showToast({ id: 'playbook', title: `The run is ${runWords[state]}` });
    else reportFailure('playbook', 'Ending the run', answer.error, answer.commandId);
  };
  const about = Object.values(run.parameters).join(', ');
  return (
    <>
      <div className={classes.bar}>
        <Button look="quiet" icon={<IconArrowLeft size={14} />} onClick={() => setQuery({ run: '' }, { replace: false })}>
          All playbooks
        </Button>
        <span className={shared.quiet}>
          started by {run.startedBy} <TimeAgo at={run.startedAt} />
        </span>
        {isRunning ? (
          <span className={classes.acts}>
            <Button onClick={() => setIsEnding(true)}>Abandon…</Button>
            <Button
              look={next === null ? 'primary' : 'plain'}
              disabled={next !== null}
              isBusy={isBusy}
              onClick={() => void end('done', '')}
            >
              All is done
            </Button>
          </span>
        ) : (
          <span className={shared.muted}>{runWords[run.state]}</span>
        )}
      </div>
      <Panel title={about === '' ? run.title : `${run.title}: ${about}`} note={progressWords(run)} isFlush>
        <ol className={classes.steps} aria-label={`Steps of ${run.title}`}>
          {run.steps.map((step) => (
            <Step
              key={step.step.id}
              run={id}
              revision={revision}
              parameters={run.parameters}
              entry={step}
              isNext={isRunning && step === next}
              isRunning={isRunning}
            />
          ))}
        </ol>
      </Panel>
      <ConfirmDialog
        isOpen={isEnding}
        onClose={() => setIsEnding(false)}
        title={`Abandon “${run.title}”`}
        action="Abandon the run"
        reason="optional"
        isBusy={isBusy}
        onConfirm={({ reason }) => void end('abandoned', reason)}
      >
        <p>What was done stays done: no step is taken back. The run is kept with what was said of its steps.</p>
      </ConfirmDialog>
    </>
  );
}
