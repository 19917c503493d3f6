import { Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { AppError } from '#contract/errors.ts';
import { destinationName } from '#renderer/client/documents.ts';
import { call } from '#renderer/client/session.ts';
import { ActProblem } from '#renderer/frame/act-problem.tsx';
import { showToast } from '#renderer/frame/toasts.ts';
import { useCommand } from '#renderer/frame/use-command.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { ErrorState } from '#renderer/ui/placeholders.tsx';
import { counted } from '#renderer/ui/quantity.ts';
import shared from '#renderer/ui/shared.module.css';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { TypedTarget } from '#renderer/ui/typed-target.tsx';
import classes from './forgetting.module.css';
import type { ErasurePreview } from './words.ts';

/** All of the log may have to be looked at. */
const patientlyMs = 120_000;

/** Erases a person after one look at what goes. The ids live in this dialog only. */
export function EraseDialog({ onClose }: { readonly onClose: () => void }) {
  const [ids, setIds] = useState({ userId: '', anonymousId: '' });
  const [alsoSuppress, setAlsoSuppress] = useState(true);
  const [why, setWhy] = useState('');
  const [typed, setTyped] = useState('');
  const [preview, setPreview] = useState<ErasurePreview | null>(null);
  const [problem, setProblem] = useState<AppError | null>(null);
  const [isLooking, setIsLooking] = useState(false);
  const { state, isBusy, run } = useCommand();
  const person = {
    ...(ids.userId.trim() === '' ? {} : { userId: ids.userId.trim() }),
    ...(ids.anonymousId.trim() === '' ? {} : { anonymousId: ids.anonymousId.trim() }),
  };
  const isNamed = Object.keys(person).length > 0;
  const change = (values: Partial<typeof ids>) => {
    setIds((before) => ({ ...before, ...values }));
    setPreview(null);
  };
  const look = async () => {
    setIsLooking(true);
    const answer = await call('erasure.request', { ...person, alsoSuppress, dryRun: true }, { deadlineMs: patientlyMs });
    setIsLooking(false);
    setPreview(answer.ok ? answer.value.preview : null);
    setProblem(answer.ok ? null : answer.error);
  };
  const erase = async () => {
    const end = await run('erasure.request', { ...person, alsoSuppress, reason: why.trim(), confirm: typed.trim() });
    if (!end.ok) return;
    showToast({ id: 'erasure', title: 'The erasure has begun', body: 'How far it is, here and at every vendor, shows in the list.' });
    onClose();
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      width={620}
      title="Erase a person"
      footer={
        <>
          <ActProblem state={state} />
          <Button onClick={onClose}>Cancel</Button>
          {preview === null ? (
            <Button look="primary" disabled={!isNamed} isBusy={isLooking} onClick={() => void look()}>
              See what would go
            </Button>
          ) : (
            <Button look="grave" disabled={why.trim() === '' || typed.trim() !== 'erase'} isBusy={isBusy} onClick={() => void erase()}>
              Erase this person for good
            </Button>
          )}
        </>
      }
    >
      <div className={shared.stack}>
        <div className={shared.two}>
          <TextInput
            label="User id"
            value={ids.userId}
            maxLength={512}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
            onChange={(event) => change({ userId: event.currentTarget.value })}
          />
          <TextInput
            label="Anonymous id"
            description="one of the two, or both"
            value={ids.anonymousId}
            maxLength={512}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => change({ anonymousId: event.currentTarget.value })}
          />
        </div>
        <Checkbox
          size="xs"
          label="Keep new events of this person without content until it is over"
          checked={alsoSuppress}
          onChange={(event) => setAlsoSuppress(event.currentTarget.checked)}
        />
        {problem === null ? null : <ErrorState error={problem} meaning="Nothing was erased." />}
        {preview === null ? null : (
          <>
            <Found preview={preview} />
            <TextInput
              label="Why"
              description="the audit keeps it for ever: a ticket’s number, no name"
              value={why}
              maxLength={500}
              onChange={(event) => setWhy(event.currentTarget.value)}
            />
            <TypedTarget target="erase" value={typed} onChange={setTyped} />
          </>
        )}
      </div>
    </Dialog>
  );
}

function Found({ preview: { events, isComplete, quarantined, lanes, vendors } }: { readonly preview: ErasurePreview }) {
  const open = lanes.reduce((sum, lane) => sum + lane.retrying + lane.dead + lane.held, 0);
  return (
    <div className={shared.stack}>
      <p>
        <strong>{counted(events, 'event')}</strong> in the log{isComplete ? '' : ' so far: not all of it was looked at yet'},{' '}
        <strong>{quarantined.toLocaleString('en-US')}</strong> in quarantine; <strong>{open.toLocaleString('en-US')}</strong> still to be
        delivered would end as suppressed. Nothing of it comes back.
      </p>
      <ul className={classes.vendors} aria-label="What vendors are asked">
        {vendors.map(({ destination, isAsked, suggestedAction }) => (
          <li key={destination}>
            <StatusMark state={isAsked ? 'healthy' : 'degraded'} size={10} />
            <span className={classes.name}>{destinationName(destination)}</span>
            <span className={shared.quiet}>{isAsked ? 'is asked by Sluice' : suggestedAction === '' ? 'by hand' : suggestedAction}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
