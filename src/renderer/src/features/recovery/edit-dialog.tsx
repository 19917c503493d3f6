import { Autocomplete, Select, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import type { Letter } from '#contract/operations/replay.ts';
import { useDestinationName } from '#renderer/client/documents.ts';
import { useTrial } from '#renderer/client/use-trial.ts';
import { ActProblem } from '#renderer/frame/act-problem.tsx';
import { showToast } from '#renderer/frame/toasts.ts';
import { useCommand } from '#renderer/frame/use-command.ts';
import { Button, IconButton } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { JsonView } from '#renderer/ui/json-editor.tsx';
import { writeJson } from '#renderer/ui/json-text.ts';
import shared from '#renderer/ui/shared.module.css';
import { type EditKind, type EditRow, editKinds, editOf, partsOf } from './edits.ts';
import classes from './recovery.module.css';
import { RehearsalView } from './rehearsal-view.tsx';

const kindWords: Readonly<Record<EditKind, string>> = { text: 'Text', number: 'Number', json: 'JSON', remove: 'Take away' };
const emptyRow = (key: string): EditRow => ({ key, path: '', kind: 'text', value: '' });

interface Props {
  readonly destination: string;
  readonly letter: Letter;
  readonly masked: unknown;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Makes a changed copy of a dead letter for this destination alone; what would be sent of it shows while it is typed. */
export function EditDialog({ destination, letter, masked, onClose, onDone }: Props) {
  const name = useDestinationName(destination);
  const parts = useMemo(() => partsOf(masked), [masked]);
  const [rows, setRows] = useState<readonly EditRow[]>([emptyRow('1')]);
  const [why, setWhy] = useState('');
  const { state, isBusy, run } = useCommand();
  const { edit, problems } = editOf(rows, parts);
  const trial = useTrial('deadLetter.dryRun', edit === null ? null : { destination, seq: letter.seq, edit });
  const change = (key: string, values: Partial<EditRow>) =>
    setRows((before) => before.map((row) => (row.key === key ? { ...row, ...values } : row)));
  const isReady = edit !== null && why.trim() !== '' && trial.error === null;
  const send = async () => {
    if (edit === null) return;
    const end = await run('deadLetter.edit', { destination, seq: letter.seq, edit, reason: why.trim() });
    if (!end.ok) return;
    showToast({
      id: 'dead letters',
      title: `The edited copy is on its way to ${name}`,
      body: 'It is a new event with its own message id; the original is settled as dropped.',
    });
    onDone();
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      width={820}
      title={`Edit a copy of ${letter.name || letter.type}`}
      footer={
        <>
          <ActProblem state={state} />
          <Button onClick={onClose}>Cancel</Button>
          <Button look="grave" disabled={!isReady} isBusy={isBusy} onClick={() => void send()}>
            Send the edited copy to {name}
          </Button>
        </>
      }
    >
      <div className={shared.stack}>
        <ul className={classes.edits} aria-label="Changes">
          {rows.map((row, index) => (
            <EditFields
              key={row.key}
              row={row}
              number={index + 1}
              parts={parts}
              problem={problems.get(row.key)}
              onChange={(values) => change(row.key, values)}
              onRemove={rows.length === 1 ? null : () => setRows((before) => before.filter(({ key }) => key !== row.key))}
            />
          ))}
        </ul>
        <div>
          <Button
            size="small"
            icon={<IconPlus size={14} />}
            onClick={() => setRows((before) => [...before, emptyRow(String(Math.max(...before.map(({ key }) => Number(key))) + 1))])}
          >
            Another change
          </Button>
        </div>
        <TextInput
          label="Why"
          description="stays with the new event and in the audit: no names"
          value={why}
          maxLength={500}
          onChange={(event) => setWhy(event.currentTarget.value)}
        />
        <div className={shared.two}>
          <section aria-label="The event, masked">
            <h3 className={classes.sub}>
              As it is <span className={classes.quiet}>texts and numbers masked</span>
            </h3>
            <JsonView label="The event as it is, masked" text={writeJson(masked)} height="short" />
          </section>
          <section aria-label="If it were sent so" aria-live="polite">
            <h3 className={classes.sub}>If it were sent so</h3>
            {edit === null ? (
              <p className={classes.quiet}>{problems.size === 0 ? 'Name a part and what it shall be.' : 'Put right what is marked.'}</p>
            ) : trial.error !== null && !trial.isPending ? (
              <p className={classes.problem}>{problemText(trial.error)}</p>
            ) : trial.data === null ? (
              <p className={classes.quiet}>Trying…</p>
            ) : (
              <RehearsalView rehearsal={trial.data} isOld={trial.isPending} />
            )}
          </section>
        </div>
      </div>
    </Dialog>
  );
}

function problemText({
  message,
  details,
  suggestedAction,
}: {
  readonly message: string;
  readonly details?: unknown;
  readonly suggestedAction: string;
}): string {
  const problem = typeof details === 'object' && details !== null && 'problem' in details ? String(details.problem) : suggestedAction;
  return `${message} ${problem}`;
}

interface FieldsProps {
  readonly row: EditRow;
  readonly number: number;
  readonly parts: ReadonlyMap<string, EditKind>;
  readonly problem: string | undefined;
  readonly onChange: (values: Partial<EditRow>) => void;
  readonly onRemove: (() => void) | null;
}

function EditFields({ row, number, parts, problem, onChange, onRemove }: FieldsProps) {
  const choose = (path: string) => {
    const known = parts.get(path);
    // What the part is now is likely what it shall be; what was chosen by hand stays.
    onChange(known === undefined || row.value !== '' || row.kind === 'remove' ? { path } : { path, kind: known });
  };
  return (
    <li className={classes.edit}>
      <Autocomplete
        aria-label={`Part of change ${number}`}
        placeholder="/properties/total"
        classNames={{ input: classes.mono ?? '' }}
        data={[...parts.keys()]}
        value={row.path}
        error={problem}
        spellCheck={false}
        data-autofocus={number === 1 ? true : undefined}
        onChange={choose}
      />
      <Select
        aria-label={`Kind of change ${number}`}
        data={editKinds.map((kind) => ({ value: kind, label: kindWords[kind] }))}
        value={row.kind}
        allowDeselect={false}
        onChange={(value) => onChange({ kind: editKinds.find((kind) => kind === value) ?? row.kind })}
      />
      <TextInput
        aria-label={`New value of change ${number}`}
        placeholder={row.kind === 'remove' ? '' : 'what it shall be'}
        disabled={row.kind === 'remove'}
        value={row.value}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange({ value: event.currentTarget.value })}
      />
      <IconButton
        size="small"
        label={`Take change ${number} away`}
        icon={<IconTrash size={14} stroke={1.6} />}
        disabled={onRemove === null}
        onClick={() => onRemove?.()}
      />
    </li>
  );
}
