import { NativeSelect } from '@mantine/core';
import { IconArrowBackUp, IconPlayerPause, IconPlayerPlay, IconPlayerTrackNext } from '@tabler/icons-react';
import { useState } from 'react';
import type { Document } from '#contract/documents/document.ts';
import type { Rollout } from '#contract/documents/rollout.ts';
import { useTrial } from '#renderer/client/use-trial.ts';
import { ActProblem } from '#renderer/frame/act-problem.tsx';
import { useCommand } from '#renderer/frame/use-command.ts';
import { Button } from '#renderer/ui/button.tsx';
import { ConfirmDialog } from '#renderer/ui/confirm-dialog.tsx';
import classes from './rollouts.module.css';
import { percentText } from './words.ts';

type Verb = 'resume' | 'advance' | 'revert';
type Entry = Document<'rollout'> & { readonly value: Rollout };

/** Pausing is one gesture; what gives or takes something from people is shown first. */
export function Acts({ entry }: { readonly entry: Entry }) {
  const [asked, setAsked] = useState<Verb | null>(null);
  const pausing = useCommand();
  const { state, step, steps, flag } = entry.value;
  const next = steps[step + 1];
  const can = {
    pause: state === 'running',
    resume: state === 'paused' || state === 'reverted',
    advance: state === 'running',
    revert: state === 'running' || state === 'paused' || state === 'done',
  };
  return (
    <div className={classes.acts}>
      <ActProblem state={pausing.state} />
      {can.pause ? (
        <Button
          icon={<IconPlayerPause size={14} />}
          isBusy={pausing.isBusy}
          onClick={() => void pausing.run('rollout.pause', { id: entry.id, expectedRevision: entry.revision })}
        >
          Pause
        </Button>
      ) : null}
      {can.resume ? (
        <Button icon={<IconPlayerPlay size={14} />} onClick={() => setAsked('resume')}>
          Resume…
        </Button>
      ) : null}
      {can.advance ? (
        <Button icon={<IconPlayerTrackNext size={14} />} onClick={() => setAsked('advance')}>
          {next === undefined ? 'Finish…' : `Go to ${percentText(next.percent)}…`}
        </Button>
      ) : null}
      {can.revert ? (
        <Button look="grave" icon={<IconArrowBackUp size={14} />} onClick={() => setAsked('revert')}>
          Revert {flag}…
        </Button>
      ) : null}
      {asked === null ? null : <Ask key={asked} verb={asked} entry={entry} onClose={() => setAsked(null)} />}
    </div>
  );
}

function Ask({ verb, entry, onClose }: { readonly verb: Verb; readonly entry: Entry; readonly onClose: () => void }) {
  const { id, revision, value } = entry;
  const [step, setStep] = useState(value.step);
  const { state, isBusy, run } = useCommand();
  const input = { id, expectedRevision: revision, ...(verb === 'resume' ? { step } : {}) };
  const trial = useTrial(`rollout.${verb}`, { ...input, dryRun: true }, 0);
  const titles = {
    resume: `Resume the rollout of ${value.flag}`,
    advance: `Go on with ${value.flag} now`,
    revert: `Revert ${value.flag}`,
  };
  const actions = {
    resume: `Resume at ${percentText(value.steps[step]?.percent ?? null)}`,
    advance:
      value.steps[value.step + 1] === undefined
        ? 'Finish it now'
        : `Go to ${percentText(value.steps[value.step + 1]?.percent ?? null)} now`,
    revert: 'Put the flag back as it was',
  };
  const act = async (reason: string) => {
    const end = await run(`rollout.${verb}`, { ...input, ...(reason === '' ? {} : { reason }) });
    if (end.ok) onClose();
  };
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={titles[verb]}
      action={actions[verb]}
      reason="optional"
      isBusy={isBusy}
      problem={
        state.error === null && trial.error !== null ? (
          `${trial.error.message} ${trial.error.suggestedAction}`
        ) : (
          <ActProblem state={state} />
        )
      }
      onConfirm={({ reason }) => void act(reason)}
    >
      {verb === 'resume' ? (
        <NativeSelect
          label="From step"
          value={String(step)}
          data={value.steps.map(({ percent }, index) => ({ value: String(index), label: percentText(percent) }))}
          onChange={(event) => setStep(Number(event.currentTarget.value))}
        />
      ) : null}
      {verb === 'advance' ? <p>Soak time and samples of this step are not waited for. Guardrails go on watching the next one.</p> : null}
      <ul className={classes.will} aria-busy={trial.isPending || undefined}>
        {(trial.data?.will ?? []).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </ConfirmDialog>
  );
}
