import { JsonInput, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Schedule } from '#contract/documents/schedule.ts';
import { operations } from '#contract/operations/index.ts';
import { issuesOf } from '#renderer/frame/issues.ts';
import { closeOverlay, requestStore } from '#renderer/frame/overlays.ts';
import { runWords } from '#renderer/frame/schedule-words.ts';
import { showToast } from '#renderer/frame/toasts.ts';
import { useAuditContext } from '#renderer/frame/use-audit-context.ts';
import { type CommandState, useCommand } from '#renderer/frame/use-command.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { readJson, writeJson } from '#renderer/ui/json-text.ts';
import { Segmented } from '#renderer/ui/segmented.tsx';
import { localZone } from '#renderer/ui/time.ts';
import classes from './changes.module.css';
import { momentOf, momentText } from './moment-text.ts';

/** Leaves a change to a time, or puts it back after one. */
export function ScheduleOverlay() {
  const request = useStore(requestStore, (state) => state.request);
  return request?.type === 'schedule' ? <ScheduleForm given={request.run ?? null} /> : null;
}

const hourMs = 3_600_000;
/** Commands of the table; the gateway refuses those that cannot wait, and says why. */
const commands = Object.values(operations)
  .filter(({ kind, audience, name }) => kind === 'command' && audience === 'view' && !name.startsWith('schedule.'))
  .map(({ name, title }) => ({ value: name, label: `${title} (${name})` }));

function useRun(given: Schedule['run'] | null) {
  const [operation, setOperation] = useState(given?.operation ?? 'flag.set');
  const [text, setText] = useState(() => writeJson(given === null ? { id: '' } : withoutRevision(given.input)));
  const read = readJson(text);
  const input = read.ok && typeof read.value === 'object' && read.value !== null && !Array.isArray(read.value) ? { ...read.value } : null;
  return { operation, setOperation, text, setText, run: input === null ? null : { operation, input } };
}

/** The revision that was looked at the last time is another one by now. */
function withoutRevision({ expectedRevision: _former, ...input }: Schedule['run']['input']): object {
  return input;
}

function ScheduleForm({ given }: { readonly given: Schedule['run'] | null }) {
  const names = useAuditContext();
  const { operation, setOperation, text, setText, run } = useRun(given);
  const [begin, setBegin] = useState<'now' | 'at'>('at');
  const [end, setEnd] = useState<'never' | 'at'>('never');
  const [at, setAt] = useState(() => momentText(Date.now() + hourMs));
  const [undoAt, setUndoAt] = useState(() => momentText(Date.now() + 2 * hourMs));
  const [reason, setReason] = useState('');
  const { state, isBusy, run: send } = useCommand();
  const moment = begin === 'now' ? Date.now() : momentOf(at);
  const undoMoment = end === 'never' ? null : momentOf(undoAt);
  const isReady = run !== null && moment !== null && (end === 'never' || undoMoment !== null) && reason.trim() !== '';
  const what = run === null ? '' : runWords(run, names);
  const save = async () => {
    if (run === null || moment === null) return;
    const end = await send('schedule.put', { run, reason: reason.trim(), undoAt: undoMoment, ...(begin === 'now' ? {} : { at: moment }) });
    if (!end.ok) return;
    showToast({ title: begin === 'now' ? `It runs now: ${what}` : `Scheduled: ${what}`, body: 'It stands under Controls, Changes.' });
    closeOverlay();
  };
  return (
    <Dialog
      isOpen
      onClose={closeOverlay}
      title={given === null ? 'Schedule a change' : `Schedule: ${what}`}
      width={600}
      footer={
        <>
          <Button onClick={closeOverlay}>Cancel</Button>
          <Button look="primary" disabled={!isReady} isBusy={isBusy} onClick={() => void save()}>
            {begin === 'now' ? 'Change it now' : 'Schedule it'}
          </Button>
        </>
      }
    >
      <div className={classes.stack}>
        <Select
          label="What"
          data={commands}
          value={operation}
          searchable
          allowDeselect={false}
          nothingFoundMessage="No such command"
          onChange={(value) => setOperation(value ?? operation)}
        />
        <JsonInput
          label="Input"
          value={text}
          onChange={setText}
          autosize
          minRows={3}
          maxRows={12}
          validationError="This is not a JSON object"
          spellCheck={false}
        />
        <div className={classes.times}>
          <Moment label="When" other="now" value={begin} onChange={setBegin} time={at} onTime={setAt} />
          <Moment label="Put it back" other="never" value={end} onChange={setEnd} time={undoAt} onTime={setUndoAt} />
        </div>
        <TextInput label="Why" value={reason} maxLength={400} onChange={(event) => setReason(event.currentTarget.value)} />
        <Refusal state={state} />
        <p className={classes.quiet}>
          It is tried now without changing anything, and checked again when it runs, in your name. What somebody changes meanwhile is never
          overwritten: then it fails, and says so.
        </p>
      </div>
    </Dialog>
  );
}

/** Why it was not taken, down to the field of the command's input. */
function Refusal({ state: { step, error } }: { readonly state: CommandState }) {
  if (step === 'lost') return <p role="status">The answer was lost. Asking what became of it…</p>;
  if (error === null) return null;
  const why = typeof error.details?.why === 'string' ? ` ${error.details.why}.` : '';
  const use = typeof error.details?.use === 'string' ? ` Use ${error.details.use}.` : '';
  return (
    <div role="alert" className={classes.problem}>
      {error.message}
      {why === '' ? ` ${error.suggestedAction}` : why}
      {use}
      <ul>
        {[...issuesOf(error)].map(([path, message]) => (
          <li key={path}>
            <code>{path}</code> {message}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A moment, or what stands in its place. */
function Moment<Other extends string>({
  label,
  other,
  value,
  onChange,
  time,
  onTime,
}: {
  readonly label: string;
  readonly other: Other;
  readonly value: Other | 'at';
  readonly onChange: (value: Other | 'at') => void;
  readonly time: string;
  readonly onTime: (time: string) => void;
}) {
  return (
    <div className={classes.stack}>
      <span className={classes.label} aria-hidden="true">
        {label}
      </span>
      <Segmented
        label={label}
        value={value}
        options={[other, 'at' as const].map((each) => ({ value: each, label: each }))}
        onChange={onChange}
      />
      {value === 'at' ? (
        <TextInput
          type="datetime-local"
          aria-label={`${label}: date and time`}
          description={`your time, ${localZone(Date.now())}`}
          value={time}
          error={momentOf(time) === null ? 'This is no date and time' : undefined}
          onChange={(event) => onTime(event.currentTarget.value)}
        />
      ) : null}
    </div>
  );
}
