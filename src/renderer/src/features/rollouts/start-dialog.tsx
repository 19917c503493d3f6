import { NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { documentOf, useDocuments } from '#renderer/client/documents.ts';
import { useTrial } from '#renderer/client/use-trial.ts';
import { ActProblem } from '#renderer/frame/act-problem.tsx';
import { navigate } from '#renderer/frame/router.ts';
import { useCommand } from '#renderer/frame/use-command.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { EmptyState, ErrorState } from '#renderer/ui/placeholders.tsx';
import shared from '#renderer/ui/shared.module.css';
import { RailFields } from './rail-fields.tsx';
import classes from './rollouts.module.css';
import { type Draft, draftFor, inputOf, railFor, watchedFor } from './start-draft.ts';
import { parsePercents } from './words.ts';

const mostRails = 10;

/** What to roll out, in which steps, and what must hold; what it would do; then it begins. `flag`: null asks for one. */
export function StartDialog({ flag, onClose }: { readonly flag: string | null; readonly onClose: () => void }) {
  const flags = useDocuments('flag').filter(({ value }) => value !== null && value.type !== 'kill');
  const destinations = useDocuments('destination');
  const first = flag ?? flags[0]?.id ?? '';
  const draftOf = (id: string) => draftFor(id, documentOf('flag', id)?.value ?? null, destinations);
  const [draft, setDraft] = useState<Draft>(() => draftOf(first));
  const [why, setWhy] = useState('');
  const { state, isBusy, run } = useCommand();
  const input = inputOf(draft);
  const trial = useTrial('rollout.start', input === null ? null : { ...input, dryRun: true });
  const chosen = documentOf('flag', draft.flag)?.value ?? null;
  const change = (patch: Partial<Draft>) => setDraft((before) => ({ ...before, ...patch }));
  const start = async () => {
    if (input === null) return;
    const end = await run('rollout.start', { ...input, ...(why.trim() === '' ? {} : { reason: why.trim() }) });
    if (end.ok) navigate(end.value === null ? '/controls/rollouts' : `/controls/rollouts/${end.value.id}`, { replace: true });
  };
  const isReady = input !== null && trial.data !== null && !trial.isPending;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      width={760}
      title="Start a guarded rollout"
      footer={
        <>
          <ActProblem state={state} />
          <Button onClick={onClose}>Cancel</Button>
          <Button look="grave" disabled={!isReady} isBusy={isBusy} onClick={() => void start()}>
            {trial.data?.percent == null || !isReady ? 'Start the rollout' : `Give it to ${trial.data.percent} % now`}
          </Button>
        </>
      }
    >
      {flags.length === 0 ? (
        <EmptyState title="There is no flag to roll out" action={<Button onClick={() => navigate('/controls/flags')}>Go to flags</Button>}>
          Make a flag first. Kill switches are for everybody at once, and are not rolled out.
        </EmptyState>
      ) : (
        <div className={shared.stack}>
          <div className={classes.fields}>
            <NativeSelect
              label="Flag"
              value={draft.flag}
              data={flags.map(({ id }) => id)}
              data-autofocus
              onChange={(event) => setDraft(draftOf(event.currentTarget.value))}
            />
            <NativeSelect
              label="Variant"
              value={draft.variant}
              data={Object.keys(chosen?.variants ?? {})}
              onChange={(event) => change({ variant: event.currentTarget.value })}
            />
            <TextInput
              label="Steps, per cent of everybody"
              value={draft.steps}
              error={parsePercents(draft.steps) === null ? 'Rising numbers up to 100, with commas' : undefined}
              onChange={(event) => change({ steps: event.currentTarget.value })}
            />
            <NumberInput
              label="Soak time of each, minutes"
              value={draft.soakMinutes}
              min={0}
              max={43_200}
              hideControls
              onChange={(value) => {
                if (typeof value === 'number') change({ soakMinutes: value });
              }}
            />
          </div>
          <fieldset className={classes.rails}>
            <legend>Guardrails: what must hold before it goes on, and what takes it back</legend>
            {draft.rails.map((rail, index) => (
              <RailFields
                // biome-ignore lint/suspicious/noArrayIndexKey: a row has no name of its own
                key={index}
                number={index + 1}
                rail={rail}
                onChange={(changed) => change({ rails: draft.rails.map((each, at) => (at === index ? changed : each)) })}
                onRemove={draft.rails.length === 1 ? null : () => change({ rails: draft.rails.filter((_, at) => at !== index) })}
              />
            ))}
            <Button
              size="small"
              look="quiet"
              icon={<IconPlus size={14} />}
              disabled={draft.rails.length >= mostRails || destinations.length === 0}
              onClick={() => change({ rails: [...draft.rails, { ...railFor(watchedFor(draft.flag, destinations)), metric: 'slow' }] })}
            >
              Another guardrail
            </Button>
          </fieldset>
          <TextInput label="Why (optional)" value={why} maxLength={500} onChange={(event) => setWhy(event.currentTarget.value)} />
          {trial.error !== null && !trial.isPending ? (
            <ErrorState error={trial.error} meaning={String(trial.error.details?.why ?? 'Nothing was changed.')} />
          ) : (
            <ul className={classes.will} aria-label="What it would do" aria-busy={trial.isPending || undefined}>
              {(trial.data?.will ?? []).map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          )}
        </div>
      )}
    </Dialog>
  );
}
