import { NumberInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { InputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import type { ReplayPreview } from '#contract/operations/replay.ts';
import { useDestinationName } from '#renderer/client/documents.ts';
import { useTrial } from '#renderer/client/use-trial.ts';
import { ActProblem } from '#renderer/frame/act-problem.tsx';
import { showToast } from '#renderer/frame/toasts.ts';
import { useCommand } from '#renderer/frame/use-command.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Callout } from '#renderer/ui/callout.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { OutcomeList } from '#renderer/ui/outcome-list.tsx';
import { ErrorState, Skeleton } from '#renderer/ui/placeholders.tsx';
import { age, counted, duration, toText } from '#renderer/ui/quantity.ts';
import shared from '#renderer/ui/shared.module.css';
import { TypedTarget } from '#renderer/ui/typed-target.tsx';
import { RangeFields } from './range-fields.tsx';
import classes from './recovery.module.css';

export type Selection = InputOf<Operations['replay.start']>['selection'];

/** What somebody wants to replay. A null selection: a stretch of the log, still to be named. */
export interface ReplayAsk {
  readonly destination: string;
  readonly selection: Selection | null;
  readonly title: string;
}

const slowest = 0.1;
const fastest = 100_000;

/** What a replay would touch, what of it the vendor may get twice, at which pace; then it begins. */
export function ReplayDialog({
  ask,
  onClose,
  onDone,
}: {
  readonly ask: ReplayAsk;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const { destination, title } = ask;
  const name = useDestinationName(destination);
  const [selection, setSelection] = useState<Selection | null>(ask.selection);
  const [pacePerSecond, setPace] = useState(100);
  const [why, setWhy] = useState('');
  const [typed, setTyped] = useState('');
  const { state, isBusy, run } = useCommand();
  const trial = useTrial('replay.start', selection === null ? null : { destination, selection, pacePerSecond, dryRun: true });
  const preview = trial.data?.preview ?? null;
  const isReady =
    selection !== null &&
    preview !== null &&
    !trial.isPending &&
    preview.selected > 0 &&
    why.trim() !== '' &&
    (!preview.messagesPeople || typed.trim() === destination);
  const start = async () => {
    if (selection === null) return;
    const end = await run('replay.start', {
      destination,
      selection,
      pacePerSecond,
      reason: why.trim(),
      ...(typed === '' ? {} : { confirm: typed.trim() }),
    });
    if (!end.ok) return;
    showToast({
      id: 'replay',
      title: `The replay to ${name} has begun`,
      body: 'It can be paused, slowed and cancelled above the dead letters.',
    });
    onDone();
    onClose();
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      width={600}
      title={`Replay ${title}`}
      footer={
        <>
          <ActProblem state={state} />
          <Button onClick={onClose}>Cancel</Button>
          <Button look="grave" disabled={!isReady} isBusy={isBusy} onClick={() => void start()}>
            {preview === null ? 'Replay them' : `Replay ${preview.isEstimate ? 'about ' : ''}${counted(preview.selected, 'event')}`}
          </Button>
        </>
      }
    >
      <div className={shared.stack}>
        {ask.selection === null ? <RangeFields onChange={setSelection} /> : null}
        {selection === null ? null : trial.error !== null && !trial.isPending ? (
          <ErrorState error={trial.error} meaning="Nothing was replayed." />
        ) : preview === null ? (
          <Skeleton rows={4} label="Counting what a replay would touch" />
        ) : (
          <Preview preview={preview} isOld={trial.isPending} />
        )}
        <NumberInput
          label="Pace, events a second"
          description={
            preview?.etaMs == null ? 'live events go first' : `done in about ${toText(age(preview.etaMs))}; live events go first`
          }
          value={pacePerSecond}
          min={slowest}
          max={fastest}
          hideControls
          onChange={(value) => {
            if (typeof value === 'number' && value >= slowest && value <= fastest) setPace(value);
          }}
        />
        <TextInput label="Why" value={why} maxLength={500} data-autofocus onChange={(event) => setWhy(event.currentTarget.value)} />
        {preview?.messagesPeople ? (
          <>
            <Callout state="degraded" title={`${name} may send messages to people`}>
              What is replayed may reach them a second time.
            </Callout>
            <TypedTarget target={destination} value={typed} onChange={setTyped} />
          </>
        ) : null}
      </div>
    </Dialog>
  );
}

function Preview({ preview, isOld }: { readonly preview: ReplayPreview; readonly isOld: boolean }) {
  const { selected, dead, leftAlone, duplicates, tooOld, today, isEstimate } = preview;
  const rows = [
    {
      id: 'selected',
      mark: 'none',
      label: dead === selected ? 'Dead letters tried again' : `Given anew, ${dead.toLocaleString('en-US')} of them dead letters`,
      count: selected,
    },
    { id: 'left', mark: 'off', label: 'Left alone: sent anyway, without a replay', count: leftAlone },
    {
      id: 'twice',
      mark: duplicates.atRisk > 0 ? 'degraded' : 'healthy',
      label: 'The vendor has them, or may have',
      count: duplicates.mayHave,
    },
    { id: 'risk', mark: 'degraded', label: 'Of those, not reliably recognised as sent before', count: duplicates.atRisk },
    { id: 'old', mark: 'degraded', label: 'Older than the vendor takes', count: tooOld },
    { id: 'held', mark: 'parked', label: `Held by a switch, of the first ${today.lookedAt.toLocaleString('en-US')}`, count: today.held },
    {
      id: 'dropped',
      mark: 'dropping',
      label: `Dropped by a switch, of the first ${today.lookedAt.toLocaleString('en-US')}`,
      count: today.dropped,
    },
    {
      id: 'suppressed',
      mark: 'off',
      label: `Without consent, of the first ${today.lookedAt.toLocaleString('en-US')}`,
      count: today.suppressed,
    },
  ] as const;
  return (
    <div className={classes.preview} aria-busy={isOld || undefined}>
      <OutcomeList
        rows={rows
          .filter(({ id, count }) => count > 0 || id === 'selected' || id === 'twice')
          .map((row) => ({ ...row, isEstimate: isEstimate && row.id === 'selected' }))}
      />
      <p className={classes.quiet}>
        {duplicates.note}
        {duplicates.windowMs === null || duplicates.dedupe === 'none' ? '' : ` Recognised for ${toText(duration(duplicates.windowMs))}.`}
      </p>
    </div>
  );
}
